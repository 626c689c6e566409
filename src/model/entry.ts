import type { AlertEntry } from './alert.ts'
import type { ContainerFacts } from './container-facts.ts'
import type { DockerEvent } from './docker-event.ts'
import type { FindingEntry } from './finding.ts'
import type { Evidence, Cause, Note } from './life/life.ts'
import type { Lineage } from './life/lineage.ts'
import type { Nanoseconds } from './time.ts'
import type { Update } from './update.ts'

/** Position in one journal: 1, 2, 3, ... in the order of appending; never given twice. */
export type Seq = number

/** P5: 32 hex digits, ordered by time. See `entry-id.ts`. */
export type EntryId = string

/** Everything the journal keeps and the sinks get. */
export type Entry = Record | Gap | Marker | LifeEntry | FindingEntry | AlertEntry

/** What proves an entry's place in its journal; see docs/verify.md. */
export interface Seal {
  /** Which journal: 16 hex digits, drawn when it was begun. */
  readonly epoch: string
  /** The entry's hash in the chain: 64 hex digits. */
  readonly hash: string
}

/** An entry that has its place in the journal. */
export type Sequenced<E extends Entry = Entry> = E & {
  readonly seq: Seq
  /** Where it was read from a journal and is sound. What was appended just now has none yet. */
  readonly seal?: Seal
}

/** Which engine an entry speaks of. */
export interface EngineRef {
  /** From `docker info`; see `docker/identity.ts` for engines that give a new one at each call. */
  readonly id: string
  /** The engine's host name. */
  readonly name: string
  readonly version: string
  /** The dialect that was spoken: identity depends on it (P5). */
  readonly apiVersion: string
}

/**
 * Where a record's facts come from: asked for this event, remembered from an earlier answer,
 * not to be had in time, or not applicable (the event is not a container's).
 */
export type Enrichment = 'fresh' | 'cached' | 'missing' | 'none'

/** `observed`: the engine sent it. `snapshot`: read by listing what exists. `inferred`: concluded. */
export type Origin = 'observed' | 'snapshot' | 'inferred'

/**
 * `label-shadows-attribute`: a container label has the name of one of the engine's own attributes,
 * so that attribute's value may be the label's (docker copies labels over attributes).
 * `evidence-filtered`: the agent's filter may have kept out what tells why this run ended, or may keep
 * out that this exec does.
 */
export type Flag = 'label-shadows-attribute' | 'evidence-filtered'

/** One event of an engine, with what is known of its container. */
export interface Record {
  readonly kind: 'record'
  readonly id: EntryId
  /** When the engine said it happened. Of an inferred record: a moment within its bounds. */
  readonly time: Nanoseconds
  readonly engine: EngineRef
  readonly event: DockerEvent
  readonly origin: Origin
  readonly enrichment: Enrichment
  readonly container?: ContainerFacts
  readonly flags: readonly Flag[]
  /** Of a `die`: why, as far as it is known at that moment. What it came to is a life entry's. */
  readonly cause?: EarlyCause
  /** Of a container's `update`: what it changed. */
  readonly update?: Update
  /** Of an inferred record: when it happened at the earliest and at the latest, both included. */
  readonly inferred?: Bounds
}

/** A cause before its evidence is complete: an engine may tell of a stop behind the end it caused. */
export interface EarlyCause {
  readonly cause: Cause
  readonly provisional: true
  /** Ids of the entries it rests on. */
  readonly evidence: readonly EntryId[]
}

/**
 * How a run of a container ended, written once, when nothing more is expected that tells of it: see
 * docs/causes.md. Its id depends on the engine, the container and the end alone.
 */
export interface LifeEntry {
  readonly kind: 'life'
  readonly id: EntryId
  /** When it ended, or had ended by. */
  readonly time: Nanoseconds
  readonly engine: EngineRef
  readonly container: {
    readonly id: string
    readonly name: string
    readonly image: string
    /** The image's digest. */
    readonly imageId?: string
    readonly createdAt?: Nanoseconds
    readonly removedAt?: Nanoseconds
    /** Bytes. */
    readonly memoryLimit?: number
  }
  readonly lineage: Lineage
  /** Which run of its lineage it was, since this journal began: 1, 2, ... */
  readonly number: number
  /** Which run of this container. */
  readonly run: number
  readonly startedAt?: Nanoseconds
  readonly startedBy?: 'restart' | 'policy'
  /** Absent where its end was not seen: it was over by `time`. */
  readonly endedAt?: Nanoseconds
  readonly exitCode?: number
  readonly cause: Cause
  /** The signal that ended it, where that is known. */
  readonly signal?: number
  readonly evidence: readonly Evidence[]
  readonly notes: readonly Note[]
  /** The engine's own words, where a start failed. */
  readonly failure?: string
  readonly ooms: number
  readonly pausedNanos: Nanoseconds
  readonly healthFlips: number
  readonly execs: number
}

export interface Bounds {
  readonly earliest: Nanoseconds
  readonly latest: Nanoseconds
}

/**
 * `overflow`: more came than could be handled. `journal-full`: the journal could not be written (full
 * disk, I/O error), and there was no more room to wait. `journal-damage`: an entry's bytes changed on
 * disk; the gap stands in its place.
 */
export type GapCause =
  | 'agent-down'
  | 'reconnect'
  | 'engine-restart'
  | 'overflow'
  | 'journal-full'
  | 'journal-damage'
  | 'sink-quota'

/** An interval in which events may have been lost (P2). */
export interface Gap {
  readonly kind: 'gap'
  readonly id: EntryId
  /** When the interval ended: equal to `to`. */
  readonly time: Nanoseconds
  readonly engine?: EngineRef
  readonly from: Nanoseconds
  readonly to: Nanoseconds
  readonly cause: GapCause
  /** `certain`: something was lost. `possible`: it can't be ruled out. */
  readonly certainty: 'certain' | 'possible'
  /** How many, where that is known. */
  readonly count?: number
  /** Set where only this sink missed something: the gap goes to it alone. */
  readonly sink?: string
}

export type MarkerName =
  | 'agent-started'
  | 'agent-stopped'
  | 'engine-connected'
  | 'engine-lost'
  | 'engine-reconciled'
  | 'gap-counted'
  | 'line-undecodable'
  | 'journal-begun'
  | 'anchor'
  | 'sink-forgotten'
  | 'service-start'
  | 'service-stop'

/**
 * Something that happened to the recorder itself. `service-start` and `service-stop` are what a
 * profile makes of the record before them; see `service-marker.ts`.
 */
export interface Marker {
  readonly kind: 'marker'
  readonly id: EntryId
  readonly time: Nanoseconds
  readonly engine?: EngineRef
  readonly marker: MarkerName
  readonly data: Readonly<{ [name: string]: string | number }>
}
