import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import { RUN_END } from './schema.ts'
import type { StatsCounts, StatsKey, StatsQuery } from './stats.ts'

/** How SQL says what runs are counted by. */
const KEYS: { readonly [key in StatsKey]: string } = {
  cause: 'r.cause',
  image: 'r.image',
  exit: 'r.exit_code',
  lineage: 'g.name',
  service: "coalesce(g.project || '/' || g.service, g.service)",
  project: 'g.project',
  engine: 'g.engine_id',
  day: "strftime('%Y-%m-%d', r.ended / 1000000000, 'unixepoch', 'localtime')",
  hour: "strftime('%Y-%m-%d %H:00', r.ended / 1000000000, 'unixepoch', 'localtime')",
}

const ALL: SqlCondition = { sql: '1', params: [] }

/** From the runs themselves. */
export function exactCounts(
  db: DatabaseSync,
  { by, from, to, parts, where = ALL }: StatsQuery,
): StatsCounts {
  const keys = by.map((key, at) => `${KEYS[key]} AS k${at}`).join(', ')
  const groups = by.map((_, at) => `k${at}`).join(', ')
  const source = `FROM runs r JOIN lives l ON l.life = r.life JOIN lineages g ON g.lineage = r.lineage
    WHERE r.settled > 0 AND ${RUN_END} >= ? AND ${RUN_END} <= ? AND (${where.sql})`
  const read = (text: string, ...before: bigint[]): Row[] =>
    db.prepare(text, { readBigInts: true }).all(...before, from, to, ...where.params)
  return {
    counts: read(
      `SELECT ${keys}, r.cause AS cause, min(?, (r.ended - ?) / ?) AS part, count(*) AS runs ${source}
       GROUP BY ${groups}, r.cause, part`,
      BigInt(parts - 1),
      from,
      (to - from) / BigInt(parts) || 1n,
    ).map((row) => ({
      key: keyOf(row, by),
      cause: String(row['cause']),
      part: Number(row['part']),
      runs: Number(row['runs']),
    })),
    lengths: read(
      `SELECT ${keys}, cast(percentile(r.ended - r.started, 50) AS INTEGER) AS median,
         cast(percentile(r.ended - r.started, 95) AS INTEGER) AS p95 ${source} GROUP BY ${groups}`,
    ).flatMap((row) => {
      const { median, p95 } = row
      return typeof median === 'bigint' && typeof p95 === 'bigint'
        ? [{ key: keyOf(row, by), median, p95 }]
        : []
    }),
  }
}

type Row = { readonly [name: string]: unknown }

const keyOf = (row: Row, by: readonly StatsKey[]): readonly (string | null)[] =>
  by.map((_, at) => textOf(row[`k${at}`]))

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'bigint' ? String(value) : null
