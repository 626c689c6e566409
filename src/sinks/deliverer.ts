import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import { formatDuration } from '../config/units.ts'
import type { Delivery, Refusal } from '../model/delivery.ts'
import type { Sequenced } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { waitBeforeRetry, type RetrySettings } from './backoff.ts'
import type { Bell } from '../actors/bell.ts'
import { headOf } from './head-of.ts'
import { persist, type Pause, type PersistParts } from './persist.ts'
import type { Sink } from './sink.ts'
import type { SinkState } from './sink-status.ts'

export interface DelivererParts {
  readonly sink: Sink
  /** Deadline of one `open` and of one `deliver`, in ms. */
  readonly timeoutMs: number
  readonly retry: RetrySettings
  readonly state: SinkState
  /** Cuts a wait between two tries short, unless the sink asked for that wait. */
  readonly hurry: Bell
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly log: Log
  readonly waiting?: (() => Promise<number>) | undefined
  /** Called when the sink has taken something. */
  readonly onSuccess: () => void
  /** Called when the sink goes away, and when it takes something first or again. */
  readonly onTurn: () => void
}

/** The first try of a batch, under way before it is the batch's turn. */
interface FirstTry {
  /** Its answer, and how often the sink had taken something by then. Rejects as `attempt` does. */
  readonly answer: Promise<{ readonly delivery: Delivery; readonly successes: number }>
}

/** One life of the connection to a sink. It ends with its signal. */
export interface Deliverer {
  /** Whether the last try failed. */
  readonly failing: boolean
  /**
   * Begins to deliver; several batches may be tried at once. `undefined` where it is better not to:
   * there is nothing to deliver, or the sink failed last.
   */
  begin(entries: readonly Sequenced[]): FirstTry | undefined
  /**
   * Until every entry is settled; those the sink refused. One batch at a time. Rejects when called
   * off, or on a bug.
   */
  finish(
    entries: readonly Sequenced[],
    first: FirstTry | undefined,
    beyond: PersistParts['beyond'],
  ): Promise<readonly Refusal[]>
  /** Never rejects. */
  close(): Promise<void>
}

/**
 * A sink that does not close in this time is left alone: a stop has twice as much for all that is to
 * be closed, and the journal comes after the sinks.
 */
const CLOSE_MS = 500

export function createDeliverer(parts: DelivererParts): Deliverer {
  const { sink, timeoutMs, state, signal, clock, log } = parts
  let opened: Promise<void> | undefined
  let failing = false
  let successes = 0
  /** Waits in a row without success. */
  let waits = 0
  let awaySince: number | undefined
  let hasTaken = false

  function inTime<T>(
    what: string,
    work: (own: AbortSignal) => Promise<T>,
    ms = timeoutMs,
  ): Promise<T> {
    return withDeadline(work, { what, ms, signal, clock })
  }

  async function attempt(entries: readonly Sequenced[]): Promise<Delivery> {
    const delivery = await heard(entries)
    failing =
      delivery.status === 'retry' || (delivery.status === 'partial' && delivery.retry.length > 0)
    if (delivery.status === 'retry') opened = undefined
    if (!failing) await succeeded()
    return delivery
  }

  async function heard(entries: readonly Sequenced[]): Promise<Delivery> {
    state.delivering()
    try {
      opened ??= inTime('open', async (own) => sink.open?.(own))
      await opened
      const send = (own: AbortSignal): Promise<Delivery> => sink.deliver({ entries }, own)
      const delivery = await inTime('a delivery', send, sink.deadlineMs)
      return withoutProgress(delivery, entries.length) ?? delivery
    } catch (thrown) {
      opened = undefined
      if (signal.aborted || isBug(thrown)) throw thrown
      return { status: 'retry', cause: asError(thrown) }
    }
  }

  async function succeeded(): Promise<void> {
    waits = 0
    successes++
    state.succeeded()
    parts.onSuccess()
    if (!hasTaken || awaySince !== undefined) parts.onTurn()
    hasTaken = true
    if (awaySince === undefined) return
    const awayMs = clock.monotonic() - awaySince
    awaySince = undefined
    // Only for the line in the log: without the number it is still worth saying.
    const waiting = await parts.waiting?.().catch(() => undefined)
    const behind = waiting === undefined ? '' : `, ${waiting} entries are waiting`
    log.info(
      { sink: sink.name, awayMs, waiting },
      `sink ${sink.name} is back after ${formatDuration(awayMs)}${behind}`,
    )
  }

  const pause: Pause = async ({ cause, afterMs, progress }) => {
    if (progress) waits = 0
    const waitMs = waitBeforeRetry(clock, parts.retry, waits++, afterMs)
    state.retrying(cause, waitMs)
    if (awaySince === undefined) {
      awaySince = clock.monotonic()
      parts.onTurn()
      const reason = headOf(cause.message)
      log.warn({ sink: sink.name, reason }, `sink ${sink.name} is away, trying again: ${reason}`)
    }
    await (afterMs === undefined ? parts.hurry.wait(signal, waitMs) : clock.sleep(waitMs, signal))
  }

  return {
    get failing() {
      return failing
    },
    begin(entries) {
      if (entries.length === 0 || failing) return undefined
      const answer = attempt(entries).then((delivery) => ({ delivery, successes }))
      answer.catch(() => undefined) // heard by `finish`
      return { answer }
    },
    finish(entries, first, beyond) {
      let begun = first
      return persist(entries, {
        careful: begun === undefined && failing,
        async attempt(some) {
          const answer = await begun?.answer
          begun = undefined
          // A failure that is older than a success says nothing of the sink as it is now.
          const outdated = answer?.delivery.status === 'retry' && answer.successes < successes
          return answer === undefined || outdated ? attempt(some) : answer.delivery
        },
        pause,
        isUndecided: () => sink.undecided === true,
        beyond,
      })
    },
    async close() {
      opened = undefined
      if (sink.close === undefined) return
      const never = new AbortController().signal
      const limits = { what: 'close', ms: Math.min(timeoutMs, CLOSE_MS), signal: never, clock }
      try {
        await withDeadline(() => sink.close!(), limits)
      } catch (error) {
        const reason = headOf(asError(error).message)
        log.warn({ sink: sink.name, reason }, `sink ${sink.name} did not close: ${reason}`)
      }
    },
  }
}

/** A TypeError is a mistake in a program, apart from those by which `fetch` says what went wrong. */
function isBug(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.cause === undefined
}

/** An answer in part that takes nothing is a plain failure. */
function withoutProgress(delivery: Delivery, entries: number): Delivery | undefined {
  if (delivery.status !== 'partial' || delivery.refused.length > 0) return undefined
  const { retry, afterMs, cause = new Error('all entries are to be sent again') } = delivery
  if (new Set(retry).size < entries) return undefined
  return { status: 'retry', cause, ...(afterMs === undefined ? {} : { afterMs }) }
}
