import type { DatabaseSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import type { EntryId, Seq } from '../model/entry.ts'
import { reading } from './database.ts'
import type { EntryRange } from './journal.ts'
import type { Bounds } from './ledger.ts'
import {
  ENTRY_COLUMNS,
  ENTRY_TABLES,
  bytesOf,
  keyRange,
  takeBytes,
  timeOfKey,
  type Checker,
  type EntryRow,
  type ReadEntry,
} from './rows.ts'
import { createRowSalvage } from './salvage.ts'
import { createSearch } from './search.ts'
import { isDamage } from './unusable.ts'

/** Where a listing goes on. */
export interface ListPlace {
  /** Behind the last entry that was read by the index of times. */
  readonly id?: EntryId
  /** From here on by place: the index, or a page it led to, can't be read. */
  readonly seq?: Seq
}

export interface ListedEntries {
  readonly entries: readonly ReadEntry[]
  /** Absent at the end, where there are no entries any more. */
  readonly next?: ListPlace
  /** The last one that was looked at; absent where the listing goes by place. */
  readonly lookedAt?: Seq
}

const PAGE_ENTRIES = 500
const PAGE_BYTES = 4 * 1024 * 1024
/** Looked at for a page where not every entry is wanted: others wait for the answer. */
const PAGE_PLACES = 5_000

/**
 * Entries of a time range by their time. Where damage makes that impossible all others that can be
 * read follow by their place in the journal, once each, and what can't is told as damaged.
 */
export function createListing(
  db: DatabaseSync,
  checker: Checker,
  bounds: () => Bounds,
): (range: EntryRange, after?: ListPlace) => ListedEntries {
  const between = `SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES} WHERE e.id > ? AND e.id < ?`
  const oldestFirst = db.prepare(`${between} ORDER BY e.id LIMIT ${PAGE_ENTRIES}`)
  const newestFirst = db.prepare(`${between} ORDER BY e.id DESC LIMIT ${PAGE_ENTRIES}`)
  const search = createSearch(db, {
    places: PAGE_PLACES,
    rows: PAGE_ENTRIES,
    bytes: PAGE_BYTES,
  })
  const rowAt = createRowSalvage(db)

  /** The keys between which what is left lies. */
  function left({ from, to, reverse }: EntryRange, id: EntryId | undefined): [Buffer, Buffer] {
    const [low, high] = keyRange(from, to)
    if (id === undefined) return [low, high]
    const key = Buffer.from(id, 'hex')
    return reverse === true ? [low, key] : [key, high]
  }

  function byTime(range: EntryRange, id: EntryId | undefined): ListedEntries {
    if (range.where !== undefined) return byCondition(range.where, range, id)
    const statement = range.reverse === true ? newestFirst : oldestFirst
    const rows = takeBytes<EntryRow>(statement.iterate(...left(range, id)), PAGE_BYTES)
    const last = rows.at(-1)
    if (last === undefined) return { entries: [] }
    const now = bounds()
    const entries = rows.map((row) => checker.entry(row, now))
    return { entries, next: { id: Buffer.from(last.id).toString('hex') }, lookedAt: last.seq }
  }

  function byCondition(
    where: SqlCondition,
    range: EntryRange,
    id: EntryId | undefined,
  ): ListedEntries {
    const { rows, lookedTo } = search(where, ...left(range, id), range.reverse === true)
    const now = bounds()
    const entries = rows.map((row) => checker.entry(row, now))
    const last = lookedTo ?? rows.at(-1)
    if (last === undefined) return { entries }
    return { entries, next: { id: Buffer.from(last.id).toString('hex') }, lookedAt: last.seq }
  }

  function byPlace(range: EntryRange, { id, seq }: ListPlace): ListedEntries {
    const now = bounds()
    const [low, high] = left(range, id)
    const entries: ReadEntry[] = []
    let time = 0n
    let bytes = 0
    // What was pruned meanwhile is passed over.
    const [first, last] = [now.baseSeq + 1, now.nextSeq - 1]
    const step = range.reverse === true ? -1 : 1
    let at = step > 0 ? Math.max(seq ?? first, first) : Math.min(seq ?? last, last)
    const isOver = (): boolean => at < first || at > last
    const isFull = (): boolean => entries.length === PAGE_ENTRIES || bytes >= PAGE_BYTES
    for (let places = 0; places < PAGE_PLACES && !isOver() && !isFull(); places++, at += step) {
      const row = rowAt(at)
      if (row === undefined) {
        // When it happened is not known: it may be of this range.
        entries.push({ seq: at, damaged: { time } })
        continue
      }
      time = timeOfKey(row.id)
      if (low.compare(row.id) >= 0 || high.compare(row.id) <= 0) continue
      bytes += bytesOf(row)
      entries.push(checker.entry(row, now))
    }
    if (isOver() && entries.length === 0) return { entries }
    return { entries, next: { ...(id === undefined ? {} : { id }), seq: at } }
  }

  return (range, after = {}) => {
    try {
      if (after.seq === undefined) return reading(db, () => byTime(range, after.id))
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
    }
    return reading(db, () => byPlace(range, after))
  }
}
