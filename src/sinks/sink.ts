import type { ZodObject, infer as Infer } from 'zod'
import type { SinkDeclaration } from '../config/option-declaration.ts'
import type { Batch, Delivery } from '../model/delivery.ts'
import type { Log } from '../model/log.ts'
import type { Entry } from '../model/entry.ts'
import type { SinkAssets } from './assets.ts'
import type { Received } from './received.ts'

/**
 * A sink says how to deliver one batch and how that went, and nothing else: the shipper owns
 * retries, backoff, splitting, dead letters, cursors and metrics. A thrown error counts as `retry`.
 */
export interface Sink {
  readonly name: string
  /** Called before the first batch, and again after a failure; throws while the sink is away. */
  open?(signal: AbortSignal): Promise<void>
  /**
   * The batch that is probably next, while others are under way: what can be done without the peer may
   * be done now, in the same step. `deliver` may follow with the same array of entries, or never.
   */
  prepare?(batch: Batch): void
  /**
   * One batch at a time, or as many as the setting `inFlight` says. When the signal is aborted the
   * answer no longer matters: settle soon.
   */
  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery>
  /**
   * True after a failure when the last batch is still on its way, and `deliver` of the same batch
   * would wait for its outcome instead of sending it again. Otherwise a part of it may come next.
   */
  readonly undecided?: boolean
  /**
   * Deadline of one `deliver`, in ms, where a sink minds the setting `timeout` by itself: a peer may
   * ask for more time. Default: `timeout`.
   */
  readonly deadlineMs?: number
  /** Entries it has no form for are passed over, as those that do not match its filter. Default: all. */
  readonly accepts?: (entry: Entry) => boolean
  /** Flushes and frees what it holds; may be called twice. */
  close?(): Promise<void>
}

/** Settings every sink has beside its own. */
export interface SinkSettings {
  readonly name: string
  /** Filter text; entries that don't match are passed over. */
  readonly filter?: string
  /** Most entries a batch. */
  readonly batch: number
  /** How long an incomplete batch may wait for more, in ms. */
  readonly every: number
  /** Deadline of one delivery, in ms. */
  readonly timeout: number
  /**
   * Most batches with the sink at once; default 1. More is only for a sink whose store does not
   * depend on the order in which entries come.
   */
  readonly inFlight?: number
  /**
   * How old an entry may be, in ms, that this sink has not got and that is kept for it alone, beyond
   * the journal's own limit of age. Default: the journal's limit of size ends it.
   */
  readonly maxLag?: number
}

/** What a sink may use of the agent around it. */
interface Surroundings {
  /** The agent's own log. */
  readonly log?: Log
}

/** A kind of sink: its declaration and how one is made. */
export interface SinkKind<O extends ZodObject = ZodObject> extends SinkDeclaration {
  readonly options: O
  /** It tells people of alerts: `auditor alerts test` tries it. Default false. */
  readonly tellsPeople?: boolean
  create(options: Infer<O>, name: string, surroundings?: Surroundings): Sink
  /**
   * Reads back what such a sink was given; nothing is asked of it yet.
   * @throws AuditorError `usage` where these options leave no proof in what is written
   */
  received?(options: Infer<O>): Received
  /** What its server should have before documents come; nothing is asked of it yet. */
  assets?(options: Infer<O>): SinkAssets
}
