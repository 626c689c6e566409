import type { DatabaseSync } from 'node:sqlite'
import { createSizes } from './database.ts'
import { withReserve, type Reserve } from './reserve.ts'
import { isDiskTrouble } from './unusable.ts'

/**
 * Who may use the disk when it is full. Entries are refused then, without asking the disk: what is
 * left of it, the reserve included, is for what brings room back (cursors, pruning) and for keeping
 * the log folded. Entries are let in again when the reserve stands, or when the database has as much
 * room in its free pages.
 */
export interface Room {
  /** Adds entries; throws the reason while they are refused. */
  forEntries<T>(work: () => T): T
  /** Any other change; of the reserve as much is given up as it needs. */
  forChange<T>(work: () => T): T
  /** Once a second or so: looks whether there is room again. */
  look(): void
  /**
   * Bytes the database should have in free pages, since the disk has none to give: what is settled is
   * pruned for them. 0 while the disk is not full.
   */
  wanted(): number
}

/** Free pages that let entries in again, as a part of the reserve that they stand for. */
const ENOUGH = 1 / 2

export function createRoom(db: DatabaseSync, reserve: Reserve): Room {
  const sizes = createSizes(db)
  /** Why the disk had no room; until the reserve stands again. */
  let lost: unknown
  let refusing = false

  function note(thrown: unknown): void {
    if (!isDiskTrouble(thrown)) return
    lost = thrown
    refusing = true
  }

  const forChange = <T>(work: () => T): T => withReserve(reserve, work, note)

  /** Brings the log's room back into use. */
  function foldLog(): void {
    try {
      forChange(() => db.exec('PRAGMA wal_checkpoint(PASSIVE)'))
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown // else it is tried again with the next look
    }
  }

  return {
    forEntries(work) {
      if (refusing) throw lost
      try {
        return work()
      } catch (thrown) {
        note(thrown)
        throw thrown
      }
    },
    forChange,
    look() {
      if (lost !== undefined) foldLog()
      if (reserve.build()) {
        lost = undefined
        refusing = false
      } else if (sizes.freeBytes() >= reserve.bytes * ENOUGH) {
        refusing = false
      }
    },
    wanted: () => (lost === undefined ? 0 : reserve.bytes),
  }
}
