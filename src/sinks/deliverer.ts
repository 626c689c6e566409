import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import { formatDuration } from '../config/units.ts'
import type { Delivery, Refusal } from '../model/delivery.ts'
import type { Sequenced } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { waitBeforeRetry, type RetrySettings } from './backoff.ts'
import type { Bell } from './bell.ts'
import { headOf } from './head-of.ts'
import { persist, type Pause } from './persist.ts'
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
  readonly clock: Clock
  readonly log: Log
  readonly waiting?: (() => Promise<number>) | undefined
}

/** One life of the connection to a sink. */
export interface Deliverer {
  /** Until every entry is settled; those the sink refused. Rejects when aborted, or on a bug. */
  deliver(entries: readonly Sequenced[], signal: AbortSignal): Promise<readonly Refusal[]>
  /** Never rejects. */
  close(): Promise<void>
}

/** A sink that does not close in this time is left alone: a stop has no more to give. */
const CLOSE_MS = 1000

export function createDeliverer(parts: DelivererParts): Deliverer {
  const { sink, timeoutMs, state, clock, log } = parts
  let opened = false
  let failures = 0
  let awaySince: number | undefined

  async function attempt(entries: readonly Sequenced[], signal: AbortSignal): Promise<Delivery> {
    state.delivering()
    const limits = { ms: timeoutMs, signal, clock }
    try {
      if (!opened) {
        await withDeadline(async (own) => sink.open?.(own), { ...limits, what: 'open' })
        opened = true
      }
      const delivery = await withDeadline((own) => sink.deliver({ entries }, own), {
        ...limits,
        what: 'a delivery',
      })
      if (delivery.status === 'retry') opened = false
      else if (delivery.status !== 'partial' || delivery.retry.length === 0) await succeeded()
      return delivery
    } catch (error) {
      opened = false
      throw error
    }
  }

  async function succeeded(): Promise<void> {
    failures = 0
    state.succeeded()
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

  function pauseUnder(signal: AbortSignal): Pause {
    return async ({ cause, afterMs, progress }) => {
      if (progress) failures = 0
      const waitMs = waitBeforeRetry(clock, parts.retry, failures++, afterMs)
      state.retrying(cause, waitMs)
      if (awaySince === undefined) {
        awaySince = clock.monotonic()
        const reason = headOf(cause.message)
        log.warn({ sink: sink.name, reason }, `sink ${sink.name} is away, trying again: ${reason}`)
      }
      await (afterMs === undefined ? parts.hurry.wait(signal, waitMs) : clock.sleep(waitMs, signal))
    }
  }

  return {
    deliver: (entries, signal) =>
      persist(entries, (piece) => attempt(piece, signal), pauseUnder(signal), signal),
    async close() {
      opened = false
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
