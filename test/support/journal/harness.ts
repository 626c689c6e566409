import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { createCore, createLocalCaller, type Core } from '../../../src/journal/caller.ts'
import type { ChainLink } from '../../../src/journal/chain.ts'
import { verifyChain, type ChainFault } from './verify-chain.ts'
import { openForWriting } from '../../../src/journal/database.ts'
import { createJournal } from '../../../src/journal/facade.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { readBounds } from '../../../src/journal/ledger.ts'
import type { Retention } from '../../../src/journal/retention.ts'
import { migrate } from '../../../src/journal/schema.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'

/** A bug to plant: changes the database, the core's methods, or both, each time it is opened. */
export type Plant = (core: Core, db: DatabaseSync) => void

export interface Harness {
  readonly clock: ManualClock
  readonly journal: Journal
  /** Lets everything under way (pruning among it) come to its end. */
  settle(): Promise<void>
  reopen(): Promise<void>
  chainFault(): ChainFault | undefined
  close(): Promise<void>
}

/** Few enough entries that histories of tests have some. */
const anchors = { entries: 12, everyMs: 15 * 60_000 }

/** A folder that is gone when the test is done with it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'auditor-journal-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The journal on a file, without threads and without fsync: quick, and ready for planted bugs. */
export function createHarness(retention: Retention, plant?: Plant): Harness {
  const folder = temporaryFolder()
  const file = join(folder.path, 'journal.db')
  const clock = createManualClock()
  let db: DatabaseSync
  let journal = open()

  function open(): Journal {
    db = openForWriting(file)
    db.exec('PRAGMA synchronous = OFF')
    migrate(db, file)
    const core = createCore(db, folder.path, 'both', { retention, anchors }) as Core
    plant?.(core, db)
    const caller = createLocalCaller(core, () => {
      if (db.isOpen) db.close()
    })
    return createJournal({ writer: caller, reader: caller, clock, log: silentLog })
  }

  return {
    clock,
    get journal() {
      return journal
    },
    settle: () => setImmediate(),
    async reopen() {
      await journal[Symbol.asyncDispose]()
      journal = open()
    },
    chainFault: () => chainFault(db),
    async close() {
      await journal[Symbol.asyncDispose]()
      folder.remove()
    },
  }
}

/** Follows the chain of a whole journal; `undefined` when it is intact. */
export function chainFault(db: DatabaseSync): ChainFault | undefined {
  const { baseSeq, baseHash, nextSeq, headHash } = readBounds(db)()
  const links = db.prepare('SELECT seq, body, hash FROM entries ORDER BY seq').iterate()
  return verifyChain(
    links as Iterable<unknown> as Iterable<ChainLink>,
    { seq: baseSeq, hash: baseHash },
    { seq: nextSeq - 1, hash: headHash },
  )
}
