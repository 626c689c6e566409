import type { EntryId } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** The last event of one engine that is safely handled: kept in the transaction that keeps the event. */
export interface ResumePoint {
  readonly engineId: string
  /** The last event that arrived, recorded or filtered out. */
  readonly id: EntryId
  readonly time: Nanoseconds
}
