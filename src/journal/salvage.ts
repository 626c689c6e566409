import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import type { Limit } from './journal.ts'
import type { Bounds } from './ledger.ts'
import {
  ENTRY_COLUMNS,
  ENTRY_TABLES,
  bytesOf,
  timeOfKey,
  type Checker,
  type EntryRow,
  type ReadEntry,
} from './rows.ts'
import { isDamage } from './unusable.ts'

/** Reads on where a page of the database is damaged. */
export interface Salvage {
  /** What comes after `from`, up to the journal's end; what can't be read is told as damaged. */
  read(from: Seq, sink: string, limit: Limit, bounds: Bounds): ReadEntry[]
}

/**
 * A damaged page makes a question for many rows fail as a whole. Asked for one by one, all those on
 * other pages can still be had. Of a row whose predecessor can't be read nothing proves that it is as
 * it was written: it is given out as damaged, too.
 */
export function createSalvage(db: DatabaseSync, checker: Checker): Salvage {
  const foreign = db.prepare('SELECT 1 FROM addressed WHERE seq = ? AND sink <> ?')
  const rowAt = createRowSalvage(db)

  /** What can't be read is taken for everybody's. */
  function isForeign(seq: Seq, sink: string): boolean {
    return unlessDamaged(() => foreign.get(seq, sink)) !== undefined
  }

  return {
    read(from, sink, limit, bounds) {
      const entries: ReadEntry[] = []
      let bytes = 0
      let time = 0n
      for (let seq = from + 1; seq < bounds.nextSeq && entries.length < limit.entries; seq++) {
        if (isForeign(seq, sink)) continue
        const row = rowAt(seq)
        if (row === undefined) {
          entries.push({ seq, damaged: { time } })
          continue
        }
        bytes += bytesOf(row)
        if (entries.length > 0 && bytes > limit.bytes) break
        time = timeOfKey(row.id)
        entries.push(checker.entry(row, bounds))
      }
      return entries
    },
  }
}

/** One row by its place; `undefined` where it can't be read. */
export function createRowSalvage(db: DatabaseSync): (seq: Seq) => EntryRow | undefined {
  const one = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES} WHERE e.seq = ?`)
  return (seq) => {
    const row = unlessDamaged(() => one.get(seq)) as EntryRow | undefined
    return row?.id instanceof Uint8Array ? row : undefined
  }
}

/** `undefined` for an answer that stands on a page that is damaged. */
export function unlessDamaged<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return undefined
  }
}
