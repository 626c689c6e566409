import type { ContainerFacts } from '../model/container-facts.ts'
import type { KnownContainer } from '../model/container-state.ts'
import type { Hole } from '../model/hole.ts'
import type { Nanoseconds } from '../model/time.ts'

/** One container before and after a hole. */
export interface Comparison {
  /** What was known when the hole began; `undefined`: nothing. */
  readonly before: KnownContainer | undefined
  /** The same with what the stream has told since. */
  readonly now: KnownContainer | undefined
  /** What inspect says; `undefined`: it is not among the engine's containers any more. */
  readonly found: ContainerFacts | undefined
  readonly hole: Hole
}

/** An event comes so much later than what it tells of, at most: an engine cleans up first. */
export const LONGEST_CLEANUP: Nanoseconds = 10_000_000_000n
/** Before everything. */
export const NEVER: Nanoseconds = -1n
/** The time of a state that nobody has told. */
const UNTOLD: Nanoseconds = 0n

/** It ran, by what was told last. */
export const isUp = ({ status }: KnownContainer): boolean =>
  status === 'running' || status === 'paused'

/** Whether it ran before the start that inspect tells of; what was told later does not say. */
export function wasUpUntil(start: Nanoseconds | undefined, before: KnownContainer): boolean {
  if (start === undefined || before.statusAt <= start) return isUp(before)
  return (before.startedAt ?? NEVER) > (before.finishedAt ?? NEVER)
}

/** The stream has told nothing of the container after the hole. */
export function isQuiet({ before, now, hole }: Comparison): boolean {
  return now === before && (before === undefined || before.at <= hole.to)
}

/** The stream has told nothing of whether it runs after the hole. */
export function isStatusUntold({ before, now, hole }: Comparison): boolean {
  const at = before?.statusAt ?? UNTOLD
  return (now?.statusAt ?? UNTOLD) === at && at <= hole.to
}

/** The stream has told nothing of its health after the hole. */
export function isHealthUntold({ before, now, hole }: Comparison): boolean {
  const at = before?.healthAt ?? UNTOLD
  return (now?.healthAt ?? UNTOLD) === at && at <= hole.to
}

/**
 * From when on something may have been missed. A word of the container within the hole proves nothing: a
 * hole may consist of two gaps, and what was missed in the first one is not told by what came between.
 */
export function untold({ hole }: Comparison): Nanoseconds {
  return hole.from
}

/**
 * Whether what has this time was missed in the hole. Of a container that nothing was known of, what
 * happened before the hole is of no interest to the trail: a filter keeps it out.
 */
export function isWithin(
  time: Nanoseconds | undefined,
  { before, hole }: Comparison,
): time is Nanoseconds {
  if (time === undefined || time > hole.to) return false
  return before !== undefined || time >= hole.from - LONGEST_CLEANUP
}

/** The latest moment of the last life that is known: what starts later is another one. */
export function lastLife(before: KnownContainer | undefined): Nanoseconds {
  if (before === undefined) return NEVER
  const { startedAt = NEVER, finishedAt = NEVER } = before
  if (isUp(before) && startedAt === NEVER) return before.at
  return startedAt > finishedAt ? startedAt : finishedAt
}

/** Whether the stream has told this end, and not only a later life's. */
export function isEndTold(
  end: Nanoseconds,
  now: KnownContainer | undefined,
  nextStart?: Nanoseconds,
): boolean {
  const told = now?.finishedAt ?? NEVER
  return told >= end && (nextStart === undefined || told < nextStart)
}
