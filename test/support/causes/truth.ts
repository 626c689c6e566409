/** Why a run ended. The words of `docs/causes.md`. */
export type CauseName =
  | 'completed'
  | 'crashed'
  | 'oom'
  | 'stopped'
  | 'stop-timeout'
  | 'killed'
  | 'restarted'
  | 'removed'
  | 'start-failed'
  | 'daemon'

export type EngineFamily = 'docker' | 'podman'

/** What was done to one run of a container, known because it was done on purpose. */
export interface RunTruth {
  readonly cause: CauseName
  /** With `killed`: the number of the signal that was asked for. */
  readonly signal?: number
  /** What the main process ended with. */
  readonly exitCode?: number
  /** No sequence of this engine's events shows the cause: `unknown` is right too. The reason. */
  readonly untold?: string
  /** Causes that look the same from outside and are as true, such as `killed` for `rm --force`. */
  readonly alike?: readonly CauseName[]
}

/** The truth of one scenario on one engine. */
export interface ScenarioTruth {
  /** One a run, the first first; a start that failed is a run of its own. */
  readonly runs: readonly RunTruth[]
  /** The last of `runs` stands for any number of runs like it. */
  readonly more?: true
  /** How many containers there are of it. */
  readonly times: number
}

export interface Skipped {
  /** Why this engine can't do it. */
  readonly skipped: string
}

/** `truth.json` of a fixture. Containers are named `cause-SCENARIO-NN`, or `around-...`. */
export interface Truth {
  readonly family: EngineFamily
  readonly scenarios: { readonly [name: string]: ScenarioTruth | Skipped }
  /** Containers to which something else happened than was meant. */
  readonly spoilt: readonly string[]
}

/** What recordings are about: how containers end, and what happens to them while they run. */
export type RecordingSet = 'causes' | 'around'

export const containerName = (
  scenario: string,
  number: number,
  set: RecordingSet = 'causes',
): string => `${set === 'causes' ? 'cause' : set}-${scenario}-${String(number).padStart(2, '0')}`

/** The scenario of a container's name; `undefined` for one that is none of ours. */
export const scenarioOf = (name: string): string | undefined =>
  /^(?:cause|around)-(?<scenario>.+)-\d+$/.exec(name)?.groups?.['scenario']
