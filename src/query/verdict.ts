import type { EntryId, Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/**
 * `changed`: its text, key or hash is another. `missing`: it is not there. `inserted`: it was not there.
 * `swapped`: it stands in another's place. `cut-off`: the end is not there. `recomputed`: the hashes
 * agree with each other, but not with a witness: an anchor, the noted end, or what a sink has.
 */
export type BreakKind = 'changed' | 'missing' | 'inserted' | 'swapped' | 'cut-off' | 'recomputed'

/** A place where a trail is not what was written. */
export interface Break {
  readonly kind: BreakKind
  /** Whose copy is not as it was: the trail's (journal, exported file) or the sink's. */
  readonly where: 'trail' | 'sink'
  /** The first entry that is concerned. */
  readonly seq: Seq
  /**
   * The last one, where there are several. Of two that were `swapped` the other; of a `recomputed`
   * chain the change lies between the two.
   */
  readonly to?: Seq
  readonly id?: EntryId
  /** When it happened, as far as that is still known. */
  readonly time?: Nanoseconds
  /** What was found, in a few words. */
  readonly detail: string
}

/** Places that follow each other. */
export interface Run {
  readonly from: Seq
  readonly to: Seq
}

/** What following a chain came to. */
export interface ChainVerdict {
  readonly epoch: string
  /** What was followed; empty where `to` is smaller than `from`. */
  readonly from: Seq
  readonly to: Seq
  readonly entries: number
  /** Anchors that name what stands before them. */
  readonly anchors: number
  /** The hash of the last entry, 64 hex digits: worth keeping elsewhere. */
  readonly head: string
  /** The first of them, in the order of their places. */
  readonly breaks: readonly Break[]
  readonly breakCount: number
  /** Where each entry follows from the one before; the first of them. */
  readonly proven: readonly Run[]
}

/** What comparing a sink with a journal came to. */
export interface SinkVerdict {
  readonly sink: string
  /** What it has of this journal, repeated ones counted once. */
  readonly documents: number
  /** Delivered again, and the same. */
  readonly repeated: number
  /** Agree in id, place, hash and content. */
  readonly agreed: number
  /** Of entries that retention has pruned: compared with the anchors among them, nothing else. */
  readonly pruned: number
  /** The range of those that agree: up to its end the journal is proven by the sink. */
  readonly proven?: Run
  readonly breaks: readonly Break[]
  readonly breakCount: number
  /** What could not be compared, and why. */
  readonly notes: readonly string[]
}
