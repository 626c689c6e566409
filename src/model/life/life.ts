import type { Hole } from '../hole.ts'
import type { Nanoseconds } from '../time.ts'
import type { Lineage } from './lineage.ts'

/**
 * Why a run of a container ended.
 *
 * `completed`: by itself with 0. `crashed`: by itself with another code, or by a signal that did not
 * come through the engine. `oom`: the kernel killed it at its memory limit, and the engine said so.
 * `stopped`: asked to stop through the API, and did. `stop-timeout`: asked to stop, and killed since it
 * did not in time. `killed`: by a signal through the API. `restarted`: stopped to be started again,
 * through the API. `removed`: killed and removed at once (`rm -f`; a kill and a quick removal look the
 * same). `start-failed`: it never ran. `daemon`: the engine itself ended, or cleaned up after its end.
 * `unknown`: the engine gave no evidence, or what it gave may be incomplete.
 */
export const CAUSES = [
  'completed', 'crashed', 'oom', 'stopped', 'stop-timeout', 'killed', 'restarted', 'removed',
  'start-failed', 'daemon', 'unknown',
] as const // prettier-ignore
export type Cause = (typeof CAUSES)[number]

/** What a cause was derived from: an entry of the trail, by its id. */
export interface Evidence {
  readonly what:
    'kill' | 'stop' | 'oom' | 'die' | 'restart' | 'destroy' | 'inspect' | 'gap' | 'engine'
  readonly id: string
  readonly time: Nanoseconds
  /** Of a kill, where it is known and no label stands in its place. */
  readonly signal?: number
}

/** What has to be said beside a cause. See `judge.ts` for when. */
export type Note =
  | 'code-shadowed'
  | 'signal-shadowed'
  | 'signal-not-told'
  | 'trail-incomplete'
  | 'began-before-the-trail'
  | 'kill-not-told'
  | 'oom-of-a-child'
  | 'oom-long-before'
  | 'podman-tells-little'
  | 'stopped-or-daemon'
  | 'stopped-while-waiting'
  | 'concluded-later'
  | 'evidence-filtered'

/** A cause with what it rests on. */
export interface Verdict {
  readonly cause: Cause
  /** Which signal ended it, where that is known. */
  readonly signal?: number
  readonly evidence: readonly Evidence[]
  readonly notes: readonly Note[]
}

/** How a run ended, as `die` told it. */
export interface Death {
  readonly id: string
  readonly time: Nanoseconds
  /** Not known where a label may stand in its place and inspect did not see this death. */
  readonly exitCode?: number
  readonly isShadowed?: true
  /** Podman's `die`, which has an attribute of its own: it tells less of the cause than Docker's. */
  readonly isPodman?: true
  /** The agent's filter may have kept out what led to it. */
  readonly isFiltered?: true
  /** Concluded from what inspect said later: nothing of what led to it was seen. */
  readonly isInferred?: true
  /** `State.OOMKilled`, where inspect saw this death. */
  readonly oomKilled?: true
}

/** One start to its end. */
export interface Run {
  /** 1 for the first of its container. */
  readonly number: number
  readonly startedAt?: Nanoseconds
  /** `restart`: through the API; `policy`: by the container's restart policy. */
  readonly startedBy?: 'restart' | 'policy'
  /** Seen from here on, where its start was not seen. */
  readonly seenFrom?: Nanoseconds
  /** The last ones, see `MAX_KILLS`. */
  readonly kills: readonly Evidence[]
  readonly stop?: Evidence
  /** The last one. */
  readonly oom?: Evidence
  readonly ooms: number
  readonly restart?: Evidence
  readonly pausedAt?: Nanoseconds
  readonly pausedNanos: Nanoseconds
  readonly healthFlips: number
  readonly execs: number
  readonly death?: Death
  /** Its start failed, with the engine's words. */
  readonly failure?: string
  /** It had ended by then; its `die` was not seen. */
  readonly goneBy?: Nanoseconds
  /** Podman told that its restart policy starts the next one. */
  readonly startsByPolicy?: true
}

/** What is known of one container from its creation to its removal. */
export interface Life {
  readonly engineId: string
  /** The container's. */
  readonly id: string
  readonly name: string
  readonly image: string
  /** The image's digest, where inspect said it. */
  readonly imageId?: string
  readonly lineage: Lineage
  readonly createdAt?: Nanoseconds
  readonly removedAt?: Nanoseconds
  readonly removal?: Evidence
  /** Removed by the engine when it ends (`--rm`), where inspect said it. */
  readonly autoRemove?: true
  readonly restartPolicy?: string
  /** The last start that failed, so that it is told once. */
  readonly lastFailure?: string
  /** Bytes; where inspect said it and there is one. */
  readonly memoryLimit?: number
  /** Of its limits and its restart policy. */
  readonly updates?: Updates
  /** Label names that stand in the place of the engine's own attributes. */
  readonly shadows: readonly string[]
  readonly health?: string
  /** Runs that began, the present one among them. */
  readonly starts: number
  /** It has not ended, or has not begun. */
  readonly run?: Run
  /** Ended, and more may come that tells why; oldest first. */
  readonly unsettled: readonly Run[]
  /** The trail tells of it since. */
  readonly firstSeq: number
  readonly lastSeq: number
}

/** How many there were, and the places of the last ones in the journal. */
export interface Updates {
  readonly count: number
  readonly last: readonly number[]
}

/** What an engine's own story says of the deaths on it. */
export interface EngineStory {
  readonly id: string
  /** When events may have been lost, the last ones. */
  readonly gaps: readonly (Hole & { readonly id: string; readonly restarted?: true })[]
  /** The connection was lost. */
  readonly lost?: Evidence
  readonly lostAfter?: {
    /** When a run had been asked to end last, and one had ended last, by then. */
    readonly asked?: Nanoseconds
    /** The run asked before that one. */
    readonly askedBefore?: Nanoseconds
    readonly end?: Nanoseconds
    /** Runs had not ended: an engine that ends by itself ends them first. */
    readonly hadRuns?: true
  }
  /** Nobody listens, or nobody knows whether anybody did: quiet means nothing. */
  readonly isDeaf?: true
  /** And was there again; what came of it is only known with the first event behind it. */
  readonly back?: Evidence
  /** When a run was last asked to end, of those asked for the first time. */
  readonly lastAsked?: Nanoseconds
  /** And the one before that. */
  readonly askedBefore?: Nanoseconds
  /** When a run ended last. */
  readonly lastEnd?: Nanoseconds
  /** Of the newest event. */
  readonly time: Nanoseconds
}
