import type { EngineCount } from './engine-count.ts'
import type { EntryId } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** The last event of one engine that is safely handled: kept in the transaction that keeps the event. */
export interface ResumePoint {
  readonly engineId: string
  /**
   * The last event that is recorded or filtered out. Of a stream that has only begun, its first
   * event; empty where the engine had none to show.
   */
  readonly id: EntryId
  readonly time: Nanoseconds
  /** The stream has only begun at this place: its event is not recorded yet. Default false. */
  readonly begun?: boolean
  /** What the engine had counted up to and with this event, where that is known. */
  readonly count?: EngineCount
}
