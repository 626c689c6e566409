import type { DatabaseSync } from 'node:sqlite'
import { createSizes } from './database.ts'
import { withReserve, type Reserve } from './reserve.ts'
import { isDiskTrouble } from './unusable.ts'

/**
 * Who may use the disk when it is full. Entries are refused then, without asking the disk: what is
 * left of it, the reserve included, is for what brings room back (cursors, pruning) and for folding
 * the log into the database. Entries are let in again when the reserve stands; or, until it does, into
 * free pages of the database, if there are enough and the log is folded whole. They must not make the
 * database grow then: it grows in its log first, which can't be folded where the disk has no room for
 * more pages, and a log that is not folded grows with each cursor until there is no way out.
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
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  /** Why the disk had no room; until the reserve stands again. */
  let lost: unknown
  let refusing = false

  function note(thrown: unknown): void {
    if (!isDiskTrouble(thrown)) return
    lost = thrown
    refusing = true
  }

  const forChange = <T>(work: () => T): T => withReserve(reserve, work, note)

  /** Brings the log's room back into use; false while some of it must stay for a reader, or can't be folded. */
  function foldLog(): boolean {
    try {
      const { log, checkpointed } = forChange(() => checkpoint.get()) as {
        readonly log: number
        readonly checkpointed: number
      }
      return log === checkpointed
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown // else it is tried again with the next look
      return false
    }
  }

  return {
    forEntries(work) {
      if (refusing) throw lost
      try {
        return lost === undefined ? work() : withinPages(db, sizes.pages(), work)
      } catch (thrown) {
        note(thrown)
        throw thrown
      }
    },
    forChange,
    look() {
      const folded = lost === undefined || foldLog()
      if (reserve.build()) {
        lost = undefined
        refusing = false
      } else if (folded && sizes.freeBytes() >= reserve.bytes * ENOUGH) {
        refusing = false
      }
    },
    wanted: () => (lost === undefined ? 0 : reserve.bytes),
  }
}

/** The database has no more than these pages while it works; who needs more finds it full. */
function withinPages<T>(db: DatabaseSync, pages: number, work: () => T): T {
  const { max_page_count: before } = db.prepare('PRAGMA max_page_count').get() as {
    max_page_count: number
  }
  const limit = (to: number): void => db.exec(`PRAGMA max_page_count = ${to}`)
  limit(Math.min(before, pages))
  try {
    return work()
  } finally {
    limit(before)
  }
}
