import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createCursorTable, type CursorRow } from './cursor-table.ts'
import { createSizes, reading } from './database.ts'
import type { Cursor, EntryRange, JournalStats, Limit, Page, SinkTrouble } from './journal.ts'
import { createEngineStateReader, type EngineStateReader } from './engine-states.ts'
import { readBounds } from './ledger.ts'
import { createListing, type ListPlace, type ListedEntries } from './listing.ts'
import { createSalvage, unlessDamaged } from './salvage.ts'
import { damage, isDamage } from './unusable.ts'
import {
  ENTRY_COLUMNS,
  ENTRY_TABLES,
  createChecker,
  takeBytes,
  timeOfKey,
  type EntryRow,
  type LetterRow,
  type ReadEntry,
} from './rows.ts'
import { createResumePointReader } from './resume-points.ts'
import { createTrailCore, type TrailCore } from './trail.ts'

type ReadPage = Pick<Page, 'origin' | 'generation'> & {
  readonly entries: readonly ReadEntry[]
}

interface ReadDeadLetter {
  readonly sink: string
  readonly reason: string
  readonly at: Nanoseconds
  readonly entry: ReadEntry
}

/** Questions; each is answered from one moment's state and brings a page of bounded size. */
export interface ReadCore extends EngineStateReader, TrailCore {
  read(sink: string, limit: Limit, after?: Seq): ReadPage | undefined
  entries(range: EntryRange, after?: ListPlace): ListedEntries
  deadLetters(sink?: string, after?: { readonly sink: string; readonly seq: Seq }): ReadDeadLetter[]
  cursors(): Cursor[]
  stats(): Omit<JournalStats, 'damaged'>
  resumePoint(engineId: string): ResumePoint | undefined
}

const PAGE_LETTERS = 500
const PAGE_BYTES = 4 * 1024 * 1024

/** What comes after a place and is for a sink. */
type Reading = (from: Seq, sink: string, limit: Limit) => ReadEntry[]

export function createReadCore(db: DatabaseSync): ReadCore {
  const bounds = readBounds(db)
  const checker = createChecker()
  const cursors = createCursorTable(db)
  const sizes = createSizes(db)

  const retried = db.prepare(
    `SELECT seq, id, body, hash, chain FROM dead_letters WHERE sink = ? AND state = 'retry'
     ORDER BY seq LIMIT ?`,
  )
  const following = db.prepare(
    `SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES}
     WHERE e.seq > ? AND NOT EXISTS
       (SELECT 1 FROM addressed a WHERE a.seq = e.seq AND a.sink <> ?)
     ORDER BY e.seq LIMIT ?`,
  )
  const letters = db.prepare(
    `SELECT sink, seq, id, body, hash, chain, reason, at FROM dead_letters
     WHERE (?1 IS NULL OR sink = ?1) AND (sink, seq) > (?2, ?3)
     ORDER BY sink, seq LIMIT ${PAGE_LETTERS}`,
  )
  const letterCount = db.prepare('SELECT count(*) AS count FROM dead_letters WHERE sink = ?')
  const firstFor = db.prepare(
    `SELECT id FROM entries e
     WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM addressed a WHERE a.seq = e.seq AND a.sink <> ?)
     ORDER BY seq LIMIT 1`,
  )
  const oldest = db.prepare('SELECT min(id) AS id FROM entries')
  const newest = db.prepare('SELECT max(id) AS id FROM entries')
  const salvage = createSalvage(db, checker)

  const checked = (rows: readonly EntryRow[]): ReadEntry[] => {
    const now = bounds()
    return rows.map((row) => checker.entry(row, now))
  }
  const together: Reading = (from, sink, limit) => {
    const rows = takeBytes<EntryRow>(following.iterate(from, sink, limit.entries), limit.bytes)
    let last = from
    for (const { seq } of rows) {
      // Else a sink would get the same again and again.
      if (seq <= last) throw damage('its entries are out of their order')
      last = seq
    }
    const upTo = rows.length === 0 ? bounds().nextSeq - 1 : last
    if (rows.length !== cursors.countFor(sink, from, upTo)) throw damage('entries are missing')
    return checked(rows)
  }
  const oneByOne: Reading = (from, sink, limit) => salvage.read(from, sink, limit, bounds())

  function page(by: Reading, sink: string, limit: Limit, after?: Seq): ReadPage | undefined {
    const cursor = cursors.get(sink)
    if (cursor === undefined) throw new Error(`sink ${sink} has no cursor`)
    const { generation, confirmed } = cursor
    const again =
      after === undefined
        ? takeBytes<LetterRow>(retried.iterate(sink, limit.entries), limit.bytes)
        : []
    if (again.length > 0) {
      const now = bounds()
      const entries = again.map((row) => checker.deadLetter(row, now))
      return { entries, origin: 'dead-letters', generation }
    }
    const entries = by(Math.max(confirmed, after ?? 0, bounds().baseSeq), sink, limit)
    return entries.length === 0 ? undefined : { entries, origin: 'journal', generation }
  }

  const timeOf = (row: unknown): Nanoseconds | undefined => {
    const id = (row as { id: Uint8Array | null } | undefined)?.id
    return id === undefined || id === null ? undefined : timeOfKey(id)
  }

  return {
    ...createEngineStateReader(db),
    ...createTrailCore(db),
    read(sink, limit, after) {
      try {
        return reading(db, () => page(together, sink, limit, after))
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown
        return reading(db, () => page(oneByOne, sink, limit, after))
      }
    },

    entries: createListing(db, checker, bounds),

    deadLetters(sink, after) {
      const rows = letters.iterate(sink ?? null, after?.sink ?? '', after?.seq ?? 0)
      type Row = LetterRow & { sink: string; reason: string; at: string }
      const now = bounds()
      return takeBytes<Row>(rows, PAGE_BYTES).map((row) => ({
        sink: row.sink,
        reason: row.reason,
        at: BigInt(row.at),
        entry: checker.deadLetter(row, now),
      }))
    },

    cursors: () =>
      reading(db, () => {
        const last = bounds().nextSeq - 1
        return cursors.all().map((cursor) => {
          const { sink, since, confirmed, delivered, dropped, ...rest } = cursor
          const oldestPending = unlessDamaged(() => timeOf(firstFor.get(confirmed, sink)))
          return {
            sink,
            since,
            confirmed,
            pending: cursors.countFor(sink, confirmed, last),
            delivered,
            deadLetters: (letterCount.get(sink) as { count: number }).count,
            dropped,
            discarded: rest.discarded,
            damaged: rest.damaged,
            ...(rest.maxLagMs === null ? {} : { maxLagMs: rest.maxLagMs }),
            ...(oldestPending === undefined ? {} : { oldestPending }),
            ...troubleOf(cursor),
          }
        })
      }),

    stats: () =>
      reading(db, () => {
        const { nextSeq, baseSeq } = bounds()
        const first = unlessDamaged(() => timeOf(oldest.get()))
        const last = unlessDamaged(() => timeOf(newest.get()))
        return {
          entries: nextSeq - 1 - baseSeq,
          firstSeq: baseSeq + 1,
          lastSeq: nextSeq - 1,
          bytes: sizes.used(),
          ...(first === undefined ? {} : { oldest: first }),
          ...(last === undefined ? {} : { newest: last }),
        }
      }),

    resumePoint: createResumePointReader(db),
  }
}

function troubleOf({ lastError, lastErrorAt, failingSince }: CursorRow): SinkTrouble {
  if (lastError === null || lastErrorAt === null) return {}
  return { lastError, lastErrorAt, ...(failingSince === null ? {} : { failingSince }) }
}
