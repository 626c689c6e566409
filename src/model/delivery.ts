import type { Entry, Seq, Sequenced } from './entry.ts'

/** What a sink is asked to deliver at once: in journal order, never empty. */
export interface Batch {
  readonly entries: readonly Sequenced[]
}

/** One entry a sink will never accept, with the sink's own reason. */
export interface Refusal {
  readonly seq: Seq
  readonly reason: string
}

/** How one batch went. Whether to retry is data, not an exception. */
export type Delivery =
  /** The sink has every entry, in the sense its guarantee gives to "has". */
  | { readonly status: 'delivered' }
  /** Per item; what is in neither list is delivered. */
  | {
      readonly status: 'partial'
      readonly retry: readonly Seq[]
      readonly refused: readonly Refusal[]
      /** Why some are to be sent again. */
      readonly cause?: Error
      readonly afterMs?: number
    }
  /**
   * The sink is away or overloaded: the entries again, after `afterMs` where the sink said so. With
   * `blame: 'sink'` that is certain. Without, a single entry that fails again and again while another
   * one is taken becomes a dead letter.
   */
  | {
      readonly status: 'retry'
      readonly cause: Error
      readonly afterMs?: number
      readonly blame?: 'sink'
    }
  /** This batch can never be accepted: it is split, then the single entry goes to the dead letters. */
  | { readonly status: 'refused'; readonly cause: Error }

/** An entry a sink refused, kept until somebody retries or drops it. */
export interface DeadLetter {
  readonly sink: string
  readonly seq: Seq
  readonly reason: string
  /** Nanoseconds since the epoch. */
  readonly at: bigint
  readonly entry: Entry
}
