import { join } from 'node:path'
import { openForReading, reading } from '../journal/database.ts'
import { JOURNAL_FILE } from '../journal/directory.ts'
import { createEntryReader } from '../journal/entry-reader.ts'
import { readBounds } from '../journal/ledger.ts'
import {
  ENTRY_COLUMNS,
  ENTRY_TABLES,
  createChecker,
  takeBytes,
  type EntryRow,
} from '../journal/rows.ts'
import { createRowSalvage } from '../journal/salvage.ts'
import { isDamage } from '../journal/unusable.ts'
import type { Seq, Sequenced } from '../model/entry.ts'
import { silentLog } from '../model/log.ts'

/** Entries in the journal's order; what is damaged is a gap in its place. */
export interface JournalRows {
  epoch(): string
  /** The last place that was pruned. */
  base(): Seq
  /** The next entries behind a place; none at the end. */
  after(seq: Seq): Sequenced[]
  close(): void
}

const PAGE_ENTRIES = 1_000
const PAGE_BYTES = 4 * 1024 * 1024

export function openJournalRows(dir: string): JournalRows {
  const db = openForReading(join(dir, JOURNAL_FILE))
  const bounds = readBounds(db)
  const checker = createChecker()
  // Who serves sinks and questions tells of damage; here it is only a gap.
  const reader = createEntryReader(silentLog)
  const rowAt = createRowSalvage(db)
  const select = db.prepare(
    `SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES} WHERE e.seq > ? ORDER BY e.seq LIMIT ${PAGE_ENTRIES}`,
  )

  function oneByOne(from: Seq): Sequenced[] {
    const now = bounds()
    const entries: Sequenced[] = []
    const last = Math.min(now.nextSeq - 1, from + PAGE_ENTRIES)
    for (let seq = Math.max(from, now.baseSeq) + 1; seq <= last; seq++) {
      const row = rowAt(seq)
      const read = row === undefined ? { seq, damaged: { time: 0n } } : checker.entry(row, now)
      entries.push(reader.entry(read))
    }
    return entries
  }

  return {
    epoch: () => bounds().epoch,
    base: () => bounds().baseSeq,
    after(seq) {
      try {
        return reading(db, () => {
          const rows = takeBytes<EntryRow>(select.iterate(seq), PAGE_BYTES)
          const now = bounds()
          return rows.map((row) => reader.entry(checker.entry(row, now)))
        })
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown
        return reading(db, () => oneByOne(seq))
      }
    },
    close: () => db.close(),
  }
}
