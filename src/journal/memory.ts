import { systemClock, type Clock } from '../actors/clock.ts'
import { silentLog, type Log } from '../model/log.ts'
import { createCore, createLocalCaller } from './caller.ts'
import { openForWriting } from './database.ts'
import { createJournal } from './facade.ts'
import type { Journal } from './journal.ts'
import { checkRetention, type Retention } from './retention.ts'
import { migrate } from './schema.ts'

const DEFAULT_RETENTION: Retention = { maxBytes: 64 * 1024 * 1024 }

/**
 * A journal that lives as long as the process, for embedding and for tests: the same database and
 * statements, in memory and in this thread. It promises what a journal on disk promises, except to
 * outlive the process.
 */
export function createMemoryJournal(
  options: {
    readonly clock?: Clock
    /** Default: 64 MiB. */
    readonly retention?: Retention
    readonly log?: Log
  } = {},
): Journal {
  const { clock = systemClock, retention = DEFAULT_RETENTION, log = silentLog } = options
  checkRetention(retention)
  const db = openForWriting(':memory:')
  migrate(db, 'the journal in memory')
  const core = createCore(db, 'memory', 'both', { retention })
  const caller = createLocalCaller(core, () => {
    if (db.isOpen) db.close()
  })
  return createJournal({ writer: caller, reader: caller, clock, log })
}
