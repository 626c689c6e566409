import type { DatabaseSync } from 'node:sqlite'
import type { Nanoseconds } from '../model/time.ts'
import { createAnchors, type AnchorRule } from './anchors.ts'
import { createAppender, type Places, type WrittenGroup } from './append.ts'
import { createCursors, type Cursors } from './cursors.ts'
import { createDeadLetters } from './dead-letters.ts'
import { createEngineStates } from './engine-states.ts'
import { createLedger } from './ledger.ts'
import type { OwnEntry } from './own-entries.ts'
import { createPruner, type Pruned, type Retention } from './retention.ts'
import type { Room } from './room.ts'
import { createChecker } from './rows.ts'
import { createRuns } from './runs.ts'

/** What an append did, and whether retention has work to do. */
interface AppendResult {
  readonly places: Places
  /** Appended behind it, in the same transaction. */
  readonly anchor?: OwnEntry
  readonly pruneDue: boolean
}

interface Look {
  /** By another process. */
  readonly changedOutside: boolean
  /** Retention has work to do. */
  readonly pruneDue: boolean
  /** It is time for an anchor, and there is room for one. */
  readonly anchorDue: boolean
  /** The disk is, and the reserve does not stand. */
  readonly isFull: boolean
}

/** Changes; each is one transaction, on disk when it returns. */
export interface WriteCore extends Cursors {
  /**
   * All groups in one transaction. One that is alone and fails breaks its run, see `runs.ts`; several
   * that fail can still be tried each alone.
   */
  append(groups: readonly WrittenGroup[], now: Nanoseconds, run?: number): AppendResult[]
  prune(now: Nanoseconds, maxRows: number): Pruned
  /** Appends an anchor, unless nothing was appended since the last. */
  anchor(now: Nanoseconds): OwnEntry | undefined
  /** What happened since it was asked last; asked each second or so. */
  look(now: Nanoseconds): Look
}

export function createWriteCore(
  db: DatabaseSync,
  retention: Retention,
  anchorRule: AnchorRule,
  room: Room,
): WriteCore {
  const ledger = createLedger(db)
  const anchors = createAnchors(db, ledger, anchorRule)
  const appender = createAppender(db, ledger, anchors, createEngineStates(db))
  const deadLetters = createDeadLetters(db, ledger, createChecker())
  const pruner = createPruner(db, ledger, retention, room)
  const dataVersion = db.prepare('PRAGMA data_version')
  const version = (): number => (dataVersion.get() as { data_version: number }).data_version
  let seenVersion = version()
  const runs = createRuns()

  function appended(
    groups: readonly WrittenGroup[],
    now: Nanoseconds,
    run: number | undefined,
  ): ReturnType<typeof appender.append> {
    try {
      return room.forEntries(() => appender.append(groups, now))
    } catch (thrown) {
      if (groups.length === 1) runs.broken(run)
      throw thrown
    }
  }

  return {
    ...createCursors(db, ledger, deadLetters, room),
    append(groups, now, run) {
      runs.check(run)
      const { places, anchor } = appended(groups, now, run)
      const pruneDue = pruner.isDue(now)
      return places.map((each, at) =>
        anchor !== undefined && at === places.length - 1
          ? { places: each, pruneDue, anchor }
          : { places: each, pruneDue },
      )
    },
    prune: (now, maxRows) => room.forChange(() => pruner.slice(now, maxRows)),
    anchor: (now) => room.forEntries(() => anchors.set(now)),
    look(now) {
      const before = seenVersion
      seenVersion = version()
      room.look()
      return {
        changedOutside: seenVersion !== before,
        pruneDue: pruner.isDue(now),
        anchorDue: room.wanted() === 0 && anchors.isDue(now),
        isFull: room.wanted() > 0,
      }
    },
  }
}
