import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import type { ToldExec } from '../model/life/episode.ts'
import type { Executor } from '../model/life/exec-word.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Labels } from './container-fields.ts'
import { given } from './run-row.ts'

export const EXEC_STATES = ['ended', 'open', 'unknown'] as const

/**
 * Why an end is not known. `gap`: events may have been lost since. `container-ended`: its container's run has
 * ended, and it with it or before. `not-told`: the engine told no id by which its end could be known.
 * `filtered`: the agent's filter may keep it out. `not-listening`: no agent listens to the engine now. `forgotten`: its container is.
 */
export const EXEC_DOUBTS = [
  'gap', 'container-ended', 'not-told', 'filtered', 'not-listening', 'forgotten',
] as const // prettier-ignore

/** A command that was run in a container. */
export interface ExecRow extends ToldExec {
  /** The container's, over all its recreations; absent where only the exec is known. */
  readonly lineage?: {
    readonly id: number
    readonly name: string
    readonly project?: string
    readonly service?: string
  }
  readonly container: {
    readonly id: string
    readonly name: string
    readonly image: string
    /** Where inspect said them. */
    readonly labels?: Labels
  }
  /** Of its container; absent where it is not known. */
  readonly run?: number
  /** Absent where the engine told none, or a label may stand in its place. */
  readonly execId?: string
  /**
   * `ended`: the engine said so. `open`: no end was told. `unknown`: it may have ended unseen, see
   * `because`.
   */
  readonly state: (typeof EXEC_STATES)[number]
  readonly because?: (typeof EXEC_DOUBTS)[number]
  /** Where it ended by then at the latest: its container did. */
  readonly endedBy?: Nanoseconds
}

export interface ExecQuery {
  /** Rows of `lineages`. */
  readonly lineages?: readonly number[]
  readonly who?: Executor
  /** Those that began, or ended, at this moment or later, or are open. */
  readonly from?: Nanoseconds
  /** Those that began by then. */
  readonly to?: Nanoseconds
  /** See `exec-subject.ts`. */
  readonly where?: SqlCondition
  readonly limit?: number
}

/** Of `ExecRow.because`; NULL where it ended or is open. */
export const EXEC_DOUBT = `CASE
    WHEN e.ended IS NOT NULL THEN NULL
    WHEN r.ended IS NOT NULL THEN 'container-ended'
    WHEN e.exec_id IS NULL THEN 'not-told'
    WHEN e.filtered THEN 'filtered'
    WHEN e.unsure IS NOT NULL THEN 'gap'
    WHEN r.life IS NULL THEN 'forgotten'
    WHEN n.story ->> '$.isDeaf' THEN 'not-listening' END`

const SELECT = `SELECT e.*, l.name AS life_name, l.labels, g.lineage, g.name AS lineage_name, g.project, g.service,
    r.ended AS run_ended, ${EXEC_DOUBT} AS because
  FROM execs e
  LEFT JOIN engines n ON n.engine_id = e.engine_id
  LEFT JOIN lives l ON l.engine_id = e.engine_id AND l.container_id = e.container_id
  LEFT JOIN lineages g ON g.lineage = l.lineage
  LEFT JOIN runs r ON r.life = l.life AND r.nth = e.nth`

/** The newest first. */
export function* selectExecs(
  db: DatabaseSync,
  { lineages, who, from, to, where: asked, limit }: ExecQuery,
): Generator<ExecRow> {
  const terms: string[] = []
  const values: (string | number | bigint)[] = []
  const term = (text: string, ...given: typeof values): void => {
    terms.push(text)
    values.push(...given)
  }
  if (lineages !== undefined) {
    term(`l.lineage IN (${lineages.map(() => '?').join(', ')})`, ...lineages)
  }
  if (who !== undefined) term('e.who = ?', who)
  if (from !== undefined) {
    term(
      `(e.heard >= ? OR e.ended >= ? OR (e.ended IS NULL AND (${EXEC_DOUBT}) IS NULL))`,
      from,
      from,
    )
  }
  if (to !== undefined) term('e.heard <= ?', to)
  if (asked !== undefined) term(asked.sql, ...asked.params)
  const where = terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
  const text = `${SELECT}${where} ORDER BY e.heard DESC, e.seq DESC${limit === undefined ? '' : ' LIMIT ?'}`
  if (limit !== undefined) values.push(limit)
  const statement = db.prepare(text, { readBigInts: true })
  for (const row of statement.iterate(...values)) yield execOf(row as unknown as RawExec)
}

function execOf(raw: RawExec): ExecRow {
  const { container_id: id, name, image, life_name: lifeName, ended, because } = raw
  return {
    ...(raw.lineage === null
      ? {}
      : {
          lineage: {
            id: Number(raw.lineage),
            name: raw.lineage_name!,
            ...given('project', raw.project),
            ...given('service', raw.service),
          },
        }),
    container: {
      id,
      name: lifeName ?? name,
      image,
      ...given('labels', raw.labels === null ? null : (JSON.parse(raw.labels) as Labels)),
    },
    ...given('run', raw.nth === null ? null : Number(raw.nth)),
    ...given('execId', raw.exec_id),
    who: raw.who,
    ...given('command', raw.command),
    ...given('createdAt', raw.created),
    ...given('startedAt', raw.started),
    ...given('endedAt', ended),
    ...given('exitCode', raw.exit_code === null ? null : Number(raw.exit_code)),
    state: ended !== null ? 'ended' : because === null ? 'open' : 'unknown',
    ...given('because', because),
    ...(because === 'container-ended' ? given('endedBy', raw.run_ended) : {}),
  }
}

interface RawExec {
  readonly container_id: string
  readonly exec_id: string | null
  readonly name: string
  readonly image: string
  readonly nth: bigint | null
  readonly created: bigint | null
  readonly started: bigint | null
  readonly ended: bigint | null
  readonly exit_code: bigint | null
  readonly command: string | null
  readonly who: Executor
  readonly life_name: string | null
  readonly labels: string | null
  readonly lineage: bigint | null
  readonly lineage_name: string | null
  readonly project: string | null
  readonly service: string | null
  readonly run_ended: bigint | null
  readonly because: (typeof EXEC_DOUBTS)[number] | null
}
