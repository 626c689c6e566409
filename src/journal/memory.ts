import { systemClock, type Clock } from '../actors/clock.ts'
import { silentLog, type Log } from '../model/log.ts'
import { checkAnchors, defaultAnchors, type AnchorRule } from './anchors.ts'
import { beginJournal } from './beginning.ts'
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
    /** Default: after 10,000 entries or 15 minutes. */
    readonly anchors?: AnchorRule
    readonly log?: Log
  } = {},
): Journal {
  const { clock = systemClock, retention = DEFAULT_RETENTION, log = silentLog } = options
  const { anchors = defaultAnchors } = options
  checkRetention(retention)
  checkAnchors(anchors)
  const db = openForWriting(':memory:')
  migrate(db, 'the journal in memory')
  beginJournal(db, clock.nowNanos())
  const core = createCore(db, 'memory', 'both', { retention, anchors })
  const caller = createLocalCaller(core, () => {
    if (db.isOpen) db.close()
  })
  return createJournal({ writer: caller, reader: caller, clock, log })
}
