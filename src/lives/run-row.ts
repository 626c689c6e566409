import type { Cause, EngineStory, Evidence, Life, Note, Updates } from '../model/life/life.ts'
import { judge } from '../model/life/judge.ts'
import type { Labels } from './container-fields.ts'
import type { Nanoseconds } from '../model/time.ts'
import { decodeState } from './codec.ts'

/** One run of a container with what is known of the container. */
export interface RunRow {
  /** Of its lineage, since the journal began. */
  readonly number: number
  /** Of its container. */
  readonly run: number
  readonly lineage: LineageRow
  readonly container: {
    readonly id: string
    readonly name: string
    readonly image: string
    /** Where inspect said them. */
    readonly labels?: Labels
    readonly imageId?: string
    readonly createdAt?: Nanoseconds
    readonly removedAt?: Nanoseconds
    readonly health?: string
    readonly memoryLimit?: number
    readonly starts: number
    /** Where the journal has the newest facts of it, unless they were pruned. */
    readonly factsSeq?: number
    /** How often its limits were changed, and where the journal has the last of these. */
    readonly updates?: Updates
  }
  readonly startedAt?: Nanoseconds
  readonly startedBy?: 'restart' | 'policy'
  readonly pausedAt?: Nanoseconds
  readonly endedAt?: Nanoseconds
  readonly exitCode?: number
  /** False while more evidence may come. */
  readonly isSettled: boolean
  /** Absent while it runs. */
  readonly cause?: Cause
  readonly signal?: number
  readonly evidence: readonly Evidence[]
  readonly notes: readonly Note[]
  readonly failure?: string
  readonly ooms: number
  readonly execs: number
  readonly healthFlips: number
  readonly pausedNanos: Nanoseconds
}

export interface LineageRow {
  readonly id: number
  readonly engine: string
  readonly name: string
  readonly project?: string
  readonly service?: string
  readonly runs: number
}

/** To be read with big integers. */
export const SELECT_RUNS = `SELECT r.*, l.container_id, l.name AS container_name, l.image, l.image_id, l.created, l.removed, l.health,
  l.memory_limit, l.starts, l.facts_seq, l.labels, l.updates, l.state, g.lineage AS lineage_id, g.name AS lineage_name, g.project, g.service, g.runs AS lineage_runs,
  g.engine_id
  FROM runs r JOIN lives l ON l.life = r.life JOIN lineages g ON g.lineage = r.lineage`

export function runOf(raw: RawRun, stories: ReadonlyMap<string, EngineStory>): RunRow {
  const { started, started_by: startedBy, ended, exit_code: exitCode, paused_at: pausedAt } = raw
  const run = Number(raw.nth)
  return {
    number: Number(raw.number),
    run,
    lineage: {
      id: Number(raw.lineage_id),
      engine: raw.engine_id,
      name: raw.lineage_name,
      ...given('project', raw.project),
      ...given('service', raw.service),
      runs: Number(raw.lineage_runs),
    },
    container: {
      id: raw.container_id,
      name: raw.container_name,
      image: raw.image,
      ...given('labels', raw.labels === null ? null : (JSON.parse(raw.labels) as Labels)),
      ...given('imageId', raw.image_id),
      ...given('createdAt', raw.created),
      ...given('removedAt', raw.removed),
      ...given('health', raw.health),
      ...given('memoryLimit', numberOf(raw.memory_limit)),
      starts: Number(raw.starts),
      ...given('factsSeq', numberOf(raw.facts_seq)),
      ...given('updates', raw.updates === null ? null : (JSON.parse(raw.updates) as Updates)),
    },
    ...given('startedAt', started),
    ...given('startedBy', startedBy),
    ...given('pausedAt', pausedAt),
    ...given('endedAt', ended),
    ...given('exitCode', numberOf(exitCode)),
    isSettled: raw.settled > 0n,
    ...verdictOf(raw, run, stories),
    ...given('failure', raw.failure),
    ooms: Number(raw.ooms),
    execs: Number(raw.execs),
    healthFlips: Number(raw.health_flips),
    pausedNanos: raw.paused,
  }
}

/** Of one that is not settled: as it would be, if nothing more came. */
function verdictOf(
  raw: RawRun,
  number: number,
  stories: ReadonlyMap<string, EngineStory>,
): Pick<RunRow, 'cause' | 'signal' | 'evidence' | 'notes'> {
  if (raw.settled > 0n) {
    const evidence = (JSON.parse(raw.evidence ?? '[]') as (Evidence & { time: string })[]).map(
      (each) => ({ ...each, time: BigInt(each.time) }),
    )
    return {
      ...given('cause', raw.cause),
      ...given('signal', numberOf(raw.signal)),
      evidence,
      notes: JSON.parse(raw.notes ?? '[]') as Note[],
    }
  }
  const life = raw.state === null ? undefined : (decodeState(raw.state) as Life)
  const run = life?.unsettled.find((each) => each.number === number)
  const story = stories.get(raw.engine_id)
  if (life === undefined || run === undefined || story === undefined) {
    return { evidence: [], notes: [] }
  }
  return judge(run, life, story)
}

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value))

/** A member for what is not null. */
export const given = <N extends string, V>(name: N, value: V | null): { [K in N]?: V } =>
  (value === null ? {} : { [name]: value }) as { [K in N]?: V }

/** A row of `SELECT_RUNS`. */
export interface RawRun {
  readonly number: bigint
  readonly nth: bigint
  readonly started: bigint | null
  readonly started_by: 'restart' | 'policy' | null
  readonly paused_at: bigint | null
  readonly ended: bigint | null
  readonly exit_code: bigint | null
  readonly settled: bigint
  readonly cause: Cause | null
  readonly signal: bigint | null
  readonly ooms: bigint
  readonly execs: bigint
  readonly health_flips: bigint
  readonly paused: bigint
  readonly evidence: string | null
  readonly notes: string | null
  readonly failure: string | null
  readonly container_id: string
  readonly container_name: string
  readonly image: string
  readonly image_id: string | null
  readonly created: bigint | null
  readonly removed: bigint | null
  readonly health: string | null
  readonly memory_limit: bigint | null
  readonly starts: bigint
  readonly facts_seq: bigint | null
  readonly labels: string | null
  readonly updates: string | null
  readonly state: string | null
  readonly lineage_id: bigint
  readonly lineage_name: string
  readonly lineage_runs: bigint
  readonly project: string | null
  readonly service: string | null
  readonly engine_id: string
}
