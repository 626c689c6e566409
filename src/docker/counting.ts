import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { EngineRef, EntryId } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import { readIds } from './history.ts'
import type { EventSource, MeteredCount } from './port.ts'
import type { RecentIds } from './recent-ids.ts'
import type { Tally, Verdict } from './tally.ts'

export interface CountingOptions {
  readonly source: EventSource
  readonly ask: (signal: AbortSignal) => Promise<MeteredCount>
  readonly tally: Tally
  readonly recent: Pick<RecentIds, 'has'>
  /** Whether all gaps up to here are told, and all that came is durable. */
  readonly isReady: () => boolean
  readonly engine: EngineRef
  /** The engine's clock: as late as it can be by now. */
  readonly engineNow: () => Nanoseconds
  /** From when on its history is looked at; all that is younger has come through this stream. */
  readonly since: () => Nanoseconds
  /** The event up to which everything has come; empty where there was none yet. */
  readonly last: () => EntryId
  readonly maxLineBytes: number
  /** The engine's count at the last event is known. */
  readonly onReading: (verdict: Verdict | undefined) => void
  /** Why nothing can be counted at present. */
  readonly onTrouble: (why: string) => void
  readonly clock: Clock
  /** Aborted when the stream ends. */
  readonly signal: AbortSignal
}

/** Between two readings: while something is in doubt, longer each time that it is not quiet; and else. */
const SOON_MS = 250
const NOT_SO_SOON_MS = 8_000
const LATER_MS = 60_000
/** Between two looks whether something is in doubt. */
const LOOK_MS = 5_000
const LONGEST_ANSWER_MS = 5_000

/**
 * Reads the engine's count again and again while its stream is open, and takes it where it is exact:
 * the same before and after a look at the engine's history, of which everything was received, and
 * nothing was received meanwhile. So what was counted and not received is missed and not late. Ends
 * with the signal, or when the metrics are another engine's.
 */
export async function keepCounting(options: CountingOptions): Promise<void> {
  const { tally, recent, engine, clock, signal, source, engineNow, maxLineBytes } = options
  let tries = 0
  let nextAt = 0

  /** Answers whether there is any use in reading again. */
  async function read(inTime: AbortSignal): Promise<boolean> {
    if (!options.isReady()) return true
    const { events } = tally
    const before = await options.ask(inTime)
    if (before.engineId !== undefined && before.engineId !== engine.id) {
      options.onTrouble(`the metrics are those of another engine, ${before.engineId}`)
      return false
    }
    const [since, until] = [options.since(), engineNow()]
    if (since > until) return true
    const ids = await readIds({
      source,
      engine,
      since,
      until,
      maxLineBytes,
      signal: inTime,
    })
    const after = await options.ask(inTime)
    const isSame = before.total === after.total && before.life === after.life
    const isKnown =
      after.total === 0 || (ids.size > 0 && ids.values().every((id) => recent.has(id)))
    if (!isSame || !isKnown || tally.events !== events) return true
    inTime.throwIfAborted()
    tries = 0
    options.onReading(tally.reading(after, until, options.last()))
    return true
  }

  const limits = { ms: LONGEST_ANSWER_MS, signal, clock, what: "reading the engine's metrics" }
  while (!signal.aborted) {
    if (!tally.isSettled || clock.monotonic() >= nextAt) {
      nextAt = clock.monotonic() + LATER_MS
      try {
        if (!(await withDeadline(read, limits))) return
      } catch (thrown) {
        if (signal.aborted) return
        options.onTrouble(asError(thrown).message)
      }
      tries++
    }
    const soon = Math.min(NOT_SO_SOON_MS, SOON_MS * 2 ** Math.min(tries, 16))
    await clock.sleep(tally.isSettled ? LOOK_MS : soon, signal).catch(() => undefined)
  }
}
