import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import { openForReading } from '../journal/database.ts'
import { AuditorError } from '../model/errors.ts'
import type { EngineStory } from '../model/life/life.ts'
import type { Nanoseconds } from '../model/time.ts'
import { decodeState } from './codec.ts'
import { selectExecs, type ExecQuery, type ExecRow } from './exec-row.ts'
import { SELECT_RUNS, runOf, type LineageRow, type RawRun, type RunRow } from './run-row.ts'
import { selectStreaks, type StreakQuery, type StreakRow } from './streak-row.ts'
import { LIVES_FILE, RUN_END, isCurrent } from './schema.ts'
import { statsOf, type StatsQuery, type StatsRow } from './stats.ts'

interface RunQuery {
  readonly lineage?: number
  /** Those that ended or ran at this moment or later. */
  readonly from?: Nanoseconds
  readonly to?: Nanoseconds
  /** A condition on rows of `SELECT_RUNS`, see `run-subject.ts`. */
  readonly where?: SqlCondition
  readonly limit?: number
  /** Default: the newest first. */
  readonly oldestFirst?: boolean
}

/** Questions to the lives of a data directory. */
export interface LivesView extends Disposable {
  /** The last place of the journal that was taken in. */
  seq(): number
  lineages(): LineageRow[]
  /**
   * Lineages that a name means: a lineage, a container's name, the beginning of its id, a compose
   * project's service, or a service. The most exact ones alone.
   */
  find(name: string): LineageRow[]
  runs(query: RunQuery): Iterable<RunRow>
  stats(query: StatsQuery): StatsRow[]
  /** What came again and again, and was told as a finding, in the order of its beginnings. */
  streaks(query: StreakQuery): StreakRow[]
  /** Commands that were run in containers, the newest first. */
  execs(query: ExecQuery): Iterable<ExecRow>
}

/** @throws AuditorError `journal-unusable` where there are none */
export function openLivesView(dir: string): LivesView {
  const file = join(dir, LIVES_FILE)
  if (!existsSync(file)) throw unusable(dir)
  const db = openForReading(file)
  if (!isCurrent(db)) {
    db.close()
    throw unusable(dir)
  }
  return createLivesView(db)
}

const unusable = (dir: string): AuditorError =>
  new AuditorError(
    'journal-unusable',
    `${dir} holds no lives yet: start the agent there, or make them with: auditor journal rebuild --data ${dir}`,
  )

function createLivesView(db: DatabaseSync): LivesView {
  const stories = new Map<string, EngineStory>()
  for (const row of db.prepare('SELECT engine_id AS id, story FROM engines').all()) {
    stories.set(String(row['id']), decodeState(String(row['story'])) as EngineStory)
  }
  const lineageRows = (where: string, ...values: string[]): LineageRow[] =>
    (db.prepare(`SELECT * FROM lineages ${where}`).all(...values) as unknown as RawLineage[]).map(
      ({ lineage: id, engine_id: engine, name, project, service, runs }) => ({
        id,
        engine,
        name,
        ...(project === null ? {} : { project }),
        ...(service === null ? {} : { service }),
        runs,
      }),
    )

  return {
    seq: () => (db.prepare('SELECT seq FROM made').get() as { seq: number } | undefined)?.seq ?? 0,
    lineages: () => lineageRows('ORDER BY name'),
    find(name) {
      const byLife = 'WHERE lineage IN (SELECT lineage FROM lives WHERE'
      const ways: readonly (() => LineageRow[])[] = [
        () => lineageRows('WHERE name = ?', name),
        () => lineageRows(`${byLife} name = ?)`, name),
        () => lineageRows("WHERE project || '/' || service = ?", name),
        () => lineageRows('WHERE service = ?', name),
        () => lineageRows('WHERE project = ?', name),
        () =>
          /^[0-9a-f]{4,64}$/.test(name)
            ? lineageRows(`${byLife} container_id >= ? AND container_id < ?)`, name, `${name}g`)
            : [],
      ]
      for (const way of ways) {
        const found = way()
        if (found.length > 0) return found
      }
      return []
    },
    *runs({ lineage, from, to, where: asked, limit, oldestFirst }) {
      const terms: string[] = []
      const values: (string | number | bigint)[] = []
      const term = (text: string, ...given: (string | number | bigint)[]): void => {
        terms.push(text)
        values.push(...given)
      }
      if (lineage !== undefined) term('r.lineage = ?', lineage)
      if (from !== undefined) term(`${RUN_END} >= ?`, from)
      if (to !== undefined) term('(r.started <= ? OR r.started IS NULL)', to)
      if (asked !== undefined) term(asked.sql, ...asked.params)
      const where = terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
      const way = oldestFirst === true ? 'ASC' : 'DESC'
      const order =
        lineage === undefined ? `${RUN_END} ${way}, r.started ${way}` : `r.number ${way}`
      const text = `${SELECT_RUNS}${where} ORDER BY ${order}${limit === undefined ? '' : ' LIMIT ?'}`
      const statement = db.prepare(text, { readBigInts: true })
      if (limit !== undefined) values.push(limit)
      for (const row of statement.iterate(...values)) yield runOf(row as unknown as RawRun, stories)
    },
    stats: (query) => statsOf(db, query),
    streaks: (query) => selectStreaks(db, query),
    execs: (query) => selectExecs(db, query),
    [Symbol.dispose]: () => db.close(),
  }
}

interface RawLineage {
  readonly lineage: number
  readonly engine_id: string
  readonly name: string
  readonly project: string | null
  readonly service: string | null
  readonly runs: number
}
