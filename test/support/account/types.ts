import type { AccountedGap } from './gaps.ts'
import type { Told } from './told.ts'

/** An engine and what somebody who was always there heard of it. */
export interface EngineHeard {
  readonly id: string
  /** All its events, as its own JSON, in its order; repeats do not matter. */
  readonly heard: readonly string[]
  /** Which of them are accounted for. Default: all. */
  readonly mine?: (event: Told) => boolean
  /** How many events it remembers; then a gap where its history covered is a fault. */
  readonly remembers?: number
  /** When it lost its memory (nanoseconds since the epoch): by a restart. */
  readonly forgotAt?: readonly bigint[]
  /** Inspect agrees with what was told: then each conclusion has to be true. Default false. */
  readonly inspectsTruly?: boolean
}

/** What arrived at a sink. */
export interface SinkGot {
  /** Ids of entries, in the order of their arrival, as often as they came. */
  readonly got: readonly string[]
  /** A repeat is a fault. Default false: at least once. */
  readonly once?: boolean
  /** First arrivals must be in the order of the journal. Default false. */
  readonly inOrder?: boolean
  /** Entries may wait behind its cursor. Default false: it was drained. */
  readonly mayWait?: boolean
}

/** Exactly one for each event and place. */
export type Fate = (typeof fates)[number]

/** In the order of the table. */
export const fates = [
  'journaled',
  'delivered',
  'dead-lettered',
  'dropped and told',
  'waiting',
  'pruned',
  'in a gap',
  'unexplained',
] as const

export interface Place {
  readonly fates: ReadonlyMap<Fate, number>
  /** How often something came that had come before. */
  readonly repeated: number
}

/** Something no account may have. */
export interface Fault {
  readonly what:
    | 'unexplained'
    | 'journaled twice'
    | 'never told by the engine'
    | 'needless gap'
    | 'understated gap'
    | 'not so'
    | 'delivered twice'
    | 'unknown to the journal'
    | 'out of order'
    | 'the readings of the journal differ'
  readonly detail: string
}

export interface Account {
  /** How many events of the engines are accounted for. */
  readonly events: number
  /** Entries of the journal that are none of them: gaps, markers, what was listed or inferred. */
  readonly others: number
  /** How many of the other entries were concluded. */
  readonly inferred: number
  /** `journal`, then the sinks by name. */
  readonly places: ReadonlyMap<string, Place>
  readonly gaps: readonly AccountedGap[]
  readonly faults: readonly Fault[]
}
