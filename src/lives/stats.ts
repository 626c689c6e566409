import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import type { Nanoseconds } from '../model/time.ts'

/** What runs can be counted by, and how SQL says it. */
const KEYS = {
  cause: 'r.cause',
  image: 'l.image',
  exit: 'r.exit_code',
  lineage: 'g.name',
  service: "coalesce(g.project || '/' || g.service, g.service)",
  project: 'g.project',
  engine: 'g.engine_id',
  day: "strftime('%Y-%m-%d', r.ended / 1000000000, 'unixepoch', 'localtime')",
  hour: "strftime('%Y-%m-%d %H:00', r.ended / 1000000000, 'unixepoch', 'localtime')",
} as const

export type StatsKey = keyof typeof KEYS
export const STATS_KEYS = Object.keys(KEYS) as readonly StatsKey[]

/** How the runs of one group ended. */
export interface StatsRow {
  /** By the name of what was asked for; null where a run has none. */
  readonly key: Readonly<{ [name: string]: string | null }>
  readonly runs: number
  readonly causes: Readonly<{ [cause: string]: number }>
  /** Of those whose start is known. */
  readonly median?: Nanoseconds
  readonly p95?: Nanoseconds
  /** Ends in each of so many equal parts of the time asked for. */
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

/** Runs that ended and are settled, in groups; the largest first. */
export function statsOf(
  db: DatabaseSync,
  { by, from, to, parts, where = ALL }: StatsQuery,
): StatsRow[] {
  const keys = by.map((key, at) => `${KEYS[key]} AS k${at}`).join(', ')
  const groups = by.map((_, at) => `k${at}`).join(', ')
  const width = (to - from) / BigInt(parts) || 1n
  const source = `FROM runs r JOIN lives l ON l.life = r.life JOIN lineages g ON g.lineage = r.lineage
    WHERE r.settled > 0 AND r.ended >= ? AND r.ended <= ? AND (${where.sql})`
  const lengths = db.prepare(
    `SELECT ${keys}, count(*) AS runs, cast(percentile(r.ended - r.started, 50) AS INTEGER) AS median,
       cast(percentile(r.ended - r.started, 95) AS INTEGER) AS p95 ${source} GROUP BY ${groups} ORDER BY runs DESC, ${groups}`,
    { readBigInts: true },
  )
  const parted = db.prepare(
    `SELECT ${keys}, r.cause AS cause, min(?, (r.ended - ?) / ?) AS part, count(*) AS runs ${source}
     GROUP BY ${groups}, r.cause, part`,
    { readBigInts: true },
  )
  const rows = new Map<string, Counting>()
  for (const row of lengths.iterate(from, to, ...where.params)) {
    rows.set(keyOf(row, by), {
      key: Object.fromEntries(by.map((name, at) => [name, textOf(row[`k${at}`])])),
      runs: Number(row['runs']),
      causes: {},
      ...lengthOf('median', row['median']),
      ...lengthOf('p95', row['p95']),
      trend: Array.from({ length: parts }, () => 0),
    })
  }
  for (const row of parted.iterate(BigInt(parts - 1), from, width, from, to, ...where.params)) {
    const { causes, trend } = rows.get(keyOf(row, by))!
    const [cause, count] = [textOf(row['cause']) ?? '', Number(row['runs'])]
    causes[cause] = (causes[cause] ?? 0) + count
    trend[Number(row['part'])]! += count
  }
  return [...rows.values()]
}

const ALL: SqlCondition = { sql: '1', params: [] }

/** A row while it is counted. */
type Counting = StatsRow & {
  readonly causes: { [cause: string]: number }
  readonly trend: number[]
}

type Row = { readonly [name: string]: unknown }

const keyOf = (row: Row, by: readonly StatsKey[]): string =>
  JSON.stringify(by.map((_, at) => textOf(row[`k${at}`])))

const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'bigint' ? String(value) : null

const lengthOf = (name: 'median' | 'p95', value: unknown): Pick<StatsRow, 'median' | 'p95'> =>
  typeof value === 'bigint' ? { [name]: value } : {}
