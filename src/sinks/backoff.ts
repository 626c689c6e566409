import type { Clock } from '../actors/clock.ts'

/** How long the shipper waits between two tries of one batch. */
export interface RetrySettings {
  /** Ceiling of the first wait, in ms; doubles with each further one. */
  readonly minMs: number
  /** No wait is longer than this, in ms, unless the sink asked for it. */
  readonly maxMs: number
}

export const defaultRetry: RetrySettings = { minMs: 500, maxMs: 300_000 }

/** A sink's own wish is honoured up to here. */
const LONGEST_WISH_MS = 3_600_000

/**
 * Full jitter: anything up to the ceiling, so that many agents don't come back as one. A sink's own
 * `afterMs` is a floor, spread by the first ceiling.
 *
 * @param failures in a row before this wait, from 0
 */
export function waitBeforeRetry(
  clock: Clock,
  { minMs, maxMs }: RetrySettings,
  failures: number,
  afterMs: number | undefined,
): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(failures, 50))
  if (afterMs === undefined || !(afterMs >= 0)) return Math.round(clock.random() * ceiling)
  return Math.round(Math.min(afterMs, LONGEST_WISH_MS) + clock.random() * minMs)
}
