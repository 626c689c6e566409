import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import type { Nanoseconds } from '../model/time.ts'
import { hourlyCounts, isCountedByHours } from './stats-by-hours.ts'
import { exactCounts } from './stats-by-runs.ts'

/** What runs can be counted by. */
export const STATS_KEYS = [
  'cause',
  'image',
  'exit',
  'lineage',
  'service',
  'project',
  'engine',
  'day',
  'hour',
] as const

export type StatsKey = (typeof STATS_KEYS)[number]

/** How the runs of one group ended. */
export interface StatsRow {
  /** By the name of what was asked for; null where a run has none. */
  readonly key: Readonly<{ [name: string]: string | null }>
  readonly runs: number
  readonly causes: Readonly<{ [cause: string]: number }>
  /** Of those whose start is known. */
  readonly median?: Nanoseconds
  readonly p95?: Nanoseconds
  /** Set where these lengths are taken from classes: they may be off by 1/32. */
  readonly isApproximate?: true
  /** Ends in each of so many equal parts of the time asked for; over long times to the hour. */
  readonly trend: readonly number[]
}

export interface StatsQuery {
  readonly by: readonly StatsKey[]
  readonly from: Nanoseconds
  readonly to: Nanoseconds
  /** A condition on the runs. */
  readonly where?: SqlCondition
  /** Parts of the trend. */
  readonly parts: number
}

/** So many runs of a group, that ended of one cause in one part of the time. */
export interface StatsCount {
  readonly key: readonly (string | null)[]
  readonly cause: string
  readonly part: number
  readonly runs: number
}

/** What the lengths of a group's runs come to. */
export interface StatsLengths {
  readonly key: readonly (string | null)[]
  readonly median: Nanoseconds
  readonly p95: Nanoseconds
}

/** Either way of counting. */
export interface StatsCounts {
  readonly counts: Iterable<StatsCount>
  readonly lengths: Iterable<StatsLengths>
}

/**
 * Runs that ended and are settled, in groups; the largest first. Over days, and with no condition, from
 * what was counted for each hour: months cost no more than the hours they have.
 */
export function statsOf(db: DatabaseSync, query: StatsQuery): StatsRow[] {
  const isByHours = isCountedByHours(query)
  const { counts, lengths } = isByHours ? hourlyCounts(db, query) : exactCounts(db, query)
  const groups = new Map<string, Counting>()
  for (const { key, cause, part, runs } of counts) {
    const group = groupOf(key)
    group.runs += runs
    group.causes[cause] = (group.causes[cause] ?? 0) + runs
    group.trend[part]! += runs
  }
  for (const { key, median, p95 } of lengths) Object.assign(groupOf(key), { median, p95 })
  const rows = [...groups.entries()].sort(
    ([a, { runs: most }], [b, { runs }]) => runs - most || (a < b ? -1 : 1),
  )
  return rows.map(([, row]) => (isByHours ? { ...row, isApproximate: true } : row))

  function groupOf(key: readonly (string | null)[]): Counting {
    const name = JSON.stringify(key)
    let group = groups.get(name)
    if (group === undefined) {
      group = {
        key: Object.fromEntries(query.by.map((by, at) => [by, key[at] ?? null])),
        runs: 0,
        causes: {},
        trend: Array.from({ length: query.parts }, () => 0),
      }
      groups.set(name, group)
    }
    return group
  }
}

/** A row while it is counted. */
interface Counting extends StatsRow {
  runs: number
  readonly causes: { [cause: string]: number }
  readonly trend: number[]
}
