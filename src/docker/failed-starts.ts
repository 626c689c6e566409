import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import type { EngineRef, Entry, Record } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import { snapshotRecord } from './made-records.ts'
import { createOverdueStarts } from './overdue-starts.ts'
import type { Inspector } from './port.ts'

/** Finds out which starts failed, and tells it as a snapshot of the container, with the engine's words. */
export interface FailedStarts {
  /** Hears everything that is emitted. */
  told(entry: Entry): void
  /** Asks in the background as long as the stream lives. */
  follow(stream: Stream): void
}

interface Stream {
  readonly engine: EngineRef
  /** The engine's clock. */
  readonly engineNow: () => Nanoseconds
  readonly signal: AbortSignal
}

const LOOK_MS = 1_000
const INSPECT_MS = 5_000

export function createFailedStarts(options: {
  readonly inspector: Inspector
  readonly emit: (record: Record) => void
  readonly log: Log
  readonly clock: Clock
}): FailedStarts {
  const { inspector, emit, log, clock } = options
  const overdue = createOverdueStarts()
  let stream: Stream | undefined
  let isLooking = false
  /** Of a clock that nobody sets. */
  const now = (): Nanoseconds => nanosFromMillis(Math.floor(clock.monotonic()))

  async function look({ engine, engineNow, signal }: Stream): Promise<void> {
    while (overdue.isWaiting()) {
      await clock.sleep(LOOK_MS, signal)
      for (const { id } of overdue.due(now())) {
        const facts = await ask(id, signal)
        const record = recordOfFailure(engine, facts, engineNow())
        if (record !== undefined) emit(record)
      }
    }
  }

  const ask = (id: string, signal: AbortSignal): Promise<ContainerFacts | undefined> =>
    withDeadline((inTime) => inspector.inspect(id, inTime), {
      what: 'inspecting a container that did not start',
      ms: INSPECT_MS,
      signal,
      clock,
    })

  function start(): void {
    const open = stream
    if (isLooking || open === undefined || open.signal.aborted || !overdue.isWaiting()) return
    isLooking = true
    look(open)
      .catch((error: unknown) => {
        if (open.signal.aborted) return
        const fields = { engine: open.engine.name, error: asError(error).message }
        log.warn(fields, 'it could not be found out whether a start failed')
      })
      .finally(() => {
        isLooking = false
        if (open !== stream) start() // another was opened meanwhile
      })
  }

  return {
    told(entry) {
      if (entry.kind !== 'record') return
      overdue.told(entry, now())
      start()
    },
    follow(open) {
      stream = open
      start()
    },
  }
}

/** Nothing where no start failed: it was created, and that was all that was wanted. */
export function recordOfFailure(
  engine: EngineRef,
  facts: ContainerFacts | undefined,
  time: Nanoseconds,
): Record | undefined {
  if (facts === undefined || facts.state.error === '') return undefined
  return snapshotRecord(engine, facts.id, facts, time)
}
