import type { EntryId } from '../model/entry.ts'
import type { Format } from './formats/format.ts'

/** One document, or line, that a sink has. */
export interface ReceivedDocument {
  /** `audit.ndjson:17`, an id. */
  readonly where: string
  /** From `parseExactly`; `undefined` where it can't be read. */
  readonly document: unknown
  /** The id it is kept under, where the sink has one beside the document. */
  readonly id?: EntryId
}

export interface ReceivedPage {
  readonly documents: readonly ReceivedDocument[]
  readonly done: number
  readonly total: number
}

/** Reads back what a sink was given, for verification. */
export interface Received {
  /** What `done` and `total` count. */
  readonly unit: string
  /** How an entry is written there. */
  readonly write: Format
  /** All it has of a journal, in any order, repeated or not; what is of other journals may be among it. */
  documents(epoch: string, signal: AbortSignal): AsyncIterable<ReceivedPage>
  /** Asked when all were read: the oldest are still there, as far as the sink itself removes them. */
  hasOldest(signal: AbortSignal): Promise<boolean>
  /** Which of these the sink has, from whatever journal; where an id is there once only. */
  known?(ids: readonly EntryId[], signal: AbortSignal): Promise<ReadonlySet<EntryId>>
  close(): Promise<void>
}
