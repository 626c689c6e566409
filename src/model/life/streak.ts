import type { Nanoseconds } from '../time.ts'
import type { EngineStory } from './life.ts'

/** So many of something within so long (ns); it is over when there was none for as long. */
export interface StreakRule {
  readonly count: number
  readonly window: Nanoseconds
}

const MINUTE = 60_000_000_000n

/** Ends that nobody asked for and that are no finished work. */
export const RESTART_LOOP: StreakRule = { count: 5, window: 5n * MINUTE }
/**
 * Health that went from healthy to unhealthy, or back. Docker's defaults (a probe each 30 s, three that
 * fail) allow two changes in two minutes: four within a quarter of an hour are unhealthy twice and well
 * again twice.
 */
export const FLAPPING_HEALTH: StreakRule = { count: 4, window: 15n * MINUTE }

interface One {
  /** Of the entry that tells of it. */
  readonly id: string
  readonly time: Nanoseconds
}

/** Things of one sort, each within the window of the one before it. */
export interface Streak {
  readonly from: Nanoseconds
  readonly to: Nanoseconds
  readonly count: number
  /** The last ones, in the order of time: as many as the rule asks for. */
  readonly last: readonly One[]
  /** When there had been enough of them close together. */
  readonly openedAt?: Nanoseconds
}

/** One more; they may come a little out of order, as ends of several containers are told. */
export function afterOne(streak: Streak | undefined, one: One, rule: StreakRule): Streak {
  const { from = one.time, to = one.time, count = 0, last: before = [], openedAt } = streak ?? {}
  const last = [...before, one].sort((a, b) => (a.time < b.time ? -1 : 1)).slice(-rule.count)
  const isEnough = last.length === rule.count && last.at(-1)!.time - last[0]!.time <= rule.window
  const opened = openedAt ?? (isEnough ? last.at(-1)!.time : undefined)
  return {
    from: one.time < from ? one.time : from,
    to: one.time > to ? one.time : to,
    count: count + 1,
    last,
    ...(opened === undefined ? {} : { openedAt: opened }),
  }
}

/**
 * When a streak was over; `undefined` where it may go on. Quiet is only what was listened to: behind a
 * gap it begins anew.
 *
 * @param until up to when it was listened
 */
export function overAt(
  { to }: Pick<Streak, 'to'>,
  { window }: StreakRule,
  gaps: EngineStory['gaps'],
  until: Nanoseconds,
): Nanoseconds | undefined {
  let quiet = to
  for (const gap of gaps.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    if (gap.to > quiet && gap.from < quiet + window) quiet = gap.to
  }
  return until > quiet + window ? quiet + window : undefined
}

/**
 * Up to when an engine was listened to.
 *
 * @param silence how long nothing came from it since, in ns, by whoever listens
 */
export function heardUntil({ isDeaf, time, gaps }: EngineStory, silence: Nanoseconds): Nanoseconds {
  if (isDeaf === true) return time
  const behind = gaps.reduce((latest, { to }) => (to > latest ? to : latest), time)
  return behind + silence
}
