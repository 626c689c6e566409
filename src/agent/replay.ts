import { setImmediate } from 'node:timers/promises'
import { lastValueFrom } from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import { createDecoder } from '../docker/decode.ts'
import { recordOfFailure } from '../docker/failed-starts.ts'
import { createOverdueStarts } from '../docker/overdue-starts.ts'
import type { Trace } from '../docker/trace.ts'
import { markerOf, recordOf } from '../model/entry-factory.ts'
import type { Entry } from '../model/entry.ts'
import { millisFromNanos, type Nanoseconds } from '../model/time.ts'
import type { Emit } from '../streams/source.ts'
import { source } from '../streams/source.ts'
import { createPipeline, type Backlog, type PipelineParts, type SkipCounts } from './pipeline.ts'

export interface ReplayParts extends Omit<PipelineParts, 'inspector'> {
  readonly trace: Trace
  /** How much faster than it was recorded; `Infinity` waits for nothing. */
  readonly speed: number
  readonly onProgress?: (bytes: number) => void
}

export interface Replayed {
  readonly events: number
  readonly undecodable: number
  readonly skipped: SkipCounts
}

const MARKER_TEXT = 512
const FOR_EVER: Nanoseconds = 1n << 62n
/** Groups that may wait for the journal before reading goes on. */
const MAX_GROUPS = 8

/**
 * Sends a trace through the pipeline with the trace as the engine and its times as the clock. A
 * trace can wait where an engine can't: each line has its facts before the next is read, and the
 * journal is never overrun. So the same trace gives the same entries each time, and memory does not
 * grow with its length.
 */
export async function replay(parts: ReplayParts, signal: AbortSignal): Promise<Replayed> {
  const { trace } = parts
  const pipeline = createPipeline({ ...parts, inspector: trace.inspector, replayed: true })
  const counts = { events: 0, undecodable: 0 }

  async function read(emit: Emit<Entry>, leaving: AbortSignal): Promise<void> {
    const ending = AbortSignal.any([signal, leaving])
    const pace = parts.speed === Infinity ? undefined : createPace(parts.clock, parts.speed)
    let time: Nanoseconds = 0n
    let bytes = 0
    let next: Entry | undefined
    const overdue = createOverdueStarts()
    const decoder = createDecoder({
      onEvent(event) {
        counts.events += 1
        time = event.time
        next = recordOf(trace.engine, event)
      },
      onBad({ reason, bytes: size, text }) {
        counts.undecodable += 1
        const data = { reason, bytes: size, text: text.slice(0, MARKER_TEXT) }
        next = markerOf({ time, engine: trace.engine, marker: 'line-undecodable', data })
      },
    })
    const give = async (entry: Entry): Promise<void> => {
      trace.inspector.at(entry.time)
      emit(entry)
      for (let left = pipeline.backlog(); isMuch(left); left = pipeline.backlog()) {
        ending.throwIfAborted()
        await setImmediate()
      }
    }
    /** As the agent that watches would have asked. */
    const askOverdue = async (upTo: Nanoseconds): Promise<void> => {
      for (const { id, at } of overdue.due(upTo)) {
        trace.inspector.at(at)
        const failure = recordOfFailure(trace.engine, await trace.inspector.inspect(id, ending), at)
        if (failure !== undefined) await give(failure)
      }
    }
    const pass = async (): Promise<void> => {
      const entry = next
      next = undefined
      if (entry === undefined) return
      if (pace !== undefined) await pace(time, ending)
      await askOverdue(time)
      await give(entry)
      if (entry.kind === 'record') overdue.told(entry, time)
    }
    for await (const line of trace.lines(ending)) {
      decoder.write(line)
      await pass()
      bytes += line.length
      parts.onProgress?.(bytes)
    }
    decoder.end()
    await pass()
    await askOverdue(FOR_EVER)
  }

  try {
    await lastValueFrom(source(read).pipe(pipeline.run), { defaultValue: undefined })
  } finally {
    trace.inspector.close()
  }
  return { ...counts, skipped: pipeline.status().skipped }
}

const isMuch = ({ enriching, groups }: Backlog): boolean => enriching > 0 || groups > MAX_GROUPS

/** Waits as long as the trace took, divided by the speed. */
function createPace(clock: Clock, speed: number) {
  let begun: { readonly time: Nanoseconds; readonly at: number } | undefined
  return async (time: Nanoseconds, signal: AbortSignal): Promise<void> => {
    begun ??= { time, at: clock.monotonic() }
    const due = begun.at + millisFromNanos(time - begun.time) / speed
    const wait = due - clock.monotonic()
    if (wait > 0) await clock.sleep(wait, signal)
  }
}
