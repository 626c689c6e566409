import type { ZodObject, infer as Infer } from 'zod'
import type { SinkDeclaration } from '../config/option-declaration.ts'
import type { Batch, Delivery } from '../model/delivery.ts'

/**
 * A sink says how to deliver one batch and how that went, and nothing else: the shipper owns
 * retries, backoff, splitting, dead letters, cursors and metrics. A thrown error counts as `retry`.
 */
export interface Sink {
  readonly name: string
  /** Called before the first batch, and again after a failure; throws while the sink is away. */
  open?(signal: AbortSignal): Promise<void>
  /** One batch at a time. When the signal is aborted the answer no longer matters: settle soon. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery>
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
}

/** A kind of sink: its declaration and how one is made. */
export interface SinkKind<O extends ZodObject = ZodObject> extends SinkDeclaration {
  readonly options: O
  create(options: Infer<O>, name: string): Sink
}
