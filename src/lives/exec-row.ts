import type { DatabaseSync } from 'node:sqlite'
import type { EngineStory } from '../model/life/life.ts'
import type { Executor } from '../model/life/exec-word.ts'
import type { Nanoseconds } from '../model/time.ts'
import { given } from './run-row.ts'

/** A command that was run in a container. */
export interface ExecRow {
  /** The container's, over all its recreations; absent where only the exec is known. */
  readonly lineage?: { readonly id: number; readonly name: string }
  readonly container: { readonly id: string; readonly name: string; readonly image: string }
  /** Of its container; absent where it is not known. */
  readonly run?: number
  /** Absent where the engine told none, or a label may stand in its place. */
  readonly execId?: string
  readonly who: Executor
  /** Without secrets; absent where the engine tells none, or its beginning was not seen. */
  readonly command?: string
  readonly createdAt?: Nanoseconds
  readonly startedAt?: Nanoseconds
  readonly endedAt?: Nanoseconds
  readonly exitCode?: number
  /**
   * `ended`: the engine said so. `open`: no end was told. `unknown`: it may have ended unseen, see
   * `because`.
   */
  readonly state: 'ended' | 'open' | 'unknown'
  /**
   * Why its end is not known. `gap`: events may have been lost since. `container-ended`: its container's run has
   * ended, and it with it or before. `not-told`: the engine told no id by which its end could be known.
   * `not-listening`: no agent listens to the engine now. `forgotten`: its container is.
   */
  readonly because?: 'gap' | 'container-ended' | 'not-told' | 'not-listening' | 'forgotten'
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
  readonly limit?: number
}

const SELECT = `SELECT e.*, l.name AS life_name, g.lineage, g.name AS lineage_name, r.life IS NOT NULL AS has_run, r.ended AS run_ended
  FROM execs e
  LEFT JOIN lives l ON l.engine_id = e.engine_id AND l.container_id = e.container_id
  LEFT JOIN lineages g ON g.lineage = l.lineage
  LEFT JOIN runs r ON r.life = l.life AND r.nth = e.nth`

/** The newest first. */
export function* selectExecs(
  db: DatabaseSync,
  { lineages, who, from, to, limit }: ExecQuery,
  stories: ReadonlyMap<string, EngineStory>,
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
    const isOpen = 'e.ended IS NULL AND e.unsure IS NULL AND r.life IS NOT NULL AND r.ended IS NULL'
    term(`(e.heard >= ? OR e.ended >= ? OR (${isOpen}))`, from, from)
  }
  if (to !== undefined) term('e.heard <= ?', to)
  const where = terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
  const text = `${SELECT}${where} ORDER BY e.heard DESC, e.seq DESC${limit === undefined ? '' : ' LIMIT ?'}`
  if (limit !== undefined) values.push(limit)
  const statement = db.prepare(text, { readBigInts: true })
  for (const row of statement.iterate(...values)) yield execOf(row as unknown as RawExec, stories)
}

function execOf(raw: RawExec, stories: ReadonlyMap<string, EngineStory>): ExecRow {
  const { container_id: id, name, image, life_name: lifeName } = raw
  return {
    ...(raw.lineage === null
      ? {}
      : { lineage: { id: Number(raw.lineage), name: raw.lineage_name! } }),
    container: { id, name: lifeName ?? name, image },
    ...given('run', raw.nth === null ? null : Number(raw.nth)),
    ...given('execId', raw.exec_id),
    who: raw.who,
    ...given('command', raw.command),
    ...given('createdAt', raw.created),
    ...given('startedAt', raw.started),
    ...given('endedAt', raw.ended),
    ...given('exitCode', raw.exit_code === null ? null : Number(raw.exit_code)),
    ...endOf(raw, stories.get(raw.engine_id)),
  }
}

function endOf(
  raw: RawExec,
  story: EngineStory | undefined,
): Pick<ExecRow, 'state' | 'because' | 'endedBy'> {
  if (raw.ended !== null) return { state: 'ended' }
  if (raw.run_ended !== null) {
    return { state: 'unknown', because: 'container-ended', endedBy: raw.run_ended }
  }
  if (raw.exec_id === null) return { state: 'unknown', because: 'not-told' }
  if (raw.unsure !== null) return { state: 'unknown', because: 'gap' }
  if (raw.has_run === 0n) return { state: 'unknown', because: 'forgotten' }
  if (story?.isDeaf === true) return { state: 'unknown', because: 'not-listening' }
  return { state: 'open' }
}

interface RawExec {
  readonly engine_id: string
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
  readonly unsure: bigint | null
  readonly life_name: string | null
  readonly lineage: bigint | null
  readonly lineage_name: string | null
  readonly has_run: bigint
  readonly run_ended: bigint | null
}
