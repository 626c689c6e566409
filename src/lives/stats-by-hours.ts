import type { DatabaseSync } from 'node:sqlite'
import { middleOf } from './length-class.ts'
import { HOUR, NONE, RUN_END } from './schema.ts'
import type { StatsCount, StatsCounts, StatsKey, StatsLengths, StatsQuery } from './stats.ts'

/** How SQL says what hours are counted by. */
const KEYS: { readonly [key in StatsKey]: string } = {
  cause: 'h.cause',
  image: 'h.image',
  exit: `nullif(h.exit_code, ${NONE})`,
  lineage: 'g.name',
  service: "coalesce(g.project || '/' || g.service, g.service)",
  project: 'g.project',
  engine: 'g.engine_id',
  day: "strftime('%Y-%m-%d', h.hour * 3600, 'unixepoch', 'localtime')",
  hour: "strftime('%Y-%m-%d %H:00', h.hour * 3600, 'unixepoch', 'localtime')",
}

/** Shorter times are counted exactly. */
const LONG = 48n * HOUR

/**
 * Not where a condition looks at the runs, nor where local days begin within an hour of UTC (India's, as
 * one of few).
 */
export function isCountedByHours({ by, from, to, where }: StatsQuery): boolean {
  if (where !== undefined || to - from < LONG) return false
  return !by.some((key) => key === 'day' || key === 'hour') || areHoursWhole(from, to)
}

const areHoursWhole = (...times: readonly bigint[]): boolean =>
  times.every((time) => new Date(Number(time / 1_000_000n)).getTimezoneOffset() % 60 === 0)

/** From what was counted for each hour; the first and the last one, which are none, from the runs. */
export function hourlyCounts(db: DatabaseSync, query: StatsQuery): StatsCounts {
  const { by, from, to, parts } = query
  const first = (from + HOUR - 1n) / HOUR
  const end = (to + 1n) / HOUR
  const width = (to - from) / BigInt(parts)
  const keys = by.map((key) => KEYS[key]).join(', ')
  const rows = db
    .prepare(
      `WITH h AS (
         SELECT hour, lineage, image, cause, exit_code, length, runs FROM run_hours WHERE hour >= ?1 AND hour < ?2
         UNION ALL
         SELECT ended / ${HOUR}, lineage, image, cause, coalesce(exit_code, ${NONE}), coalesce(length, ${NONE}), 1
           FROM runs r WHERE settled > 0 AND
             (${RUN_END} >= ?3 AND ${RUN_END} < ?1 * ${HOUR} OR ${RUN_END} >= ?2 * ${HOUR} AND ${RUN_END} <= ?4)
       )
       SELECT ${keys}, h.cause, max(0, min(?5, (h.hour * ${HOUR} + ${HOUR / 2n} - ?3) / ?6)) AS part, h.length, sum(h.runs)
       FROM h JOIN lineages g ON g.lineage = h.lineage GROUP BY ${keys}, h.cause, part, h.length`,
      { returnArrays: true },
    )
    .all(first, end, from, to, BigInt(parts - 1), width) as unknown as Value[][]
  const counts: StatsCount[] = []
  const lengths = new Map<string, Lengths>()
  for (const row of rows) {
    const key = row.slice(0, by.length).map((value) => (value === null ? null : String(value)))
    const [cause, part, length, runs] = row.slice(by.length) as [string, number, number, number]
    counts.push({ key, cause, part, runs })
    if (length === NONE) continue
    const name = JSON.stringify(key)
    const known = lengths.get(name) ?? { key, classes: new Map<number, number>() }
    known.classes.set(length, (known.classes.get(length) ?? 0) + runs)
    lengths.set(name, known)
  }
  return { counts, lengths: [...lengths.values()].map(quantilesOf) }
}

type Value = string | number | null

interface Lengths {
  readonly key: readonly (string | null)[]
  readonly classes: Map<number, number>
}

function quantilesOf({ key, classes }: Lengths): StatsLengths {
  const sorted = [...classes].sort(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, runs]) => sum + runs, 0)
  const at = (share: number): bigint => {
    let left = Math.ceil(all * share)
    return middleOf(sorted.find(([, runs]) => (left -= runs) <= 0)![0])
  }
  return { key, median: at(0.5), p95: at(0.95) }
}
