import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import { reading } from './database.ts'
import type { ChainEnds, EntryRange, KeyedLink, LinkPage } from './journal.ts'
import { readClaimedBounds } from './ledger.ts'
import {
  ENTRY_COLUMNS,
  ENTRY_TABLES,
  createChecker,
  keyRange,
  takeBytes,
  type EntryRow,
  type ReadEntry,
} from './rows.ts'

/** Questions of who verifies or exports the trail; each is answered from one moment's state. */
export interface TrailCore {
  chain(): ChainEnds
  links(after: Seq): LinkPage
  find(seqs: readonly Seq[]): ReadEntry[]
  span(range: EntryRange): { readonly first: Seq; readonly last: Seq } | undefined
}

const PAGE_LINKS = 500
const PAGE_BYTES = 4 * 1024 * 1024

export function createTrailCore(db: DatabaseSync): TrailCore {
  const bounds = readClaimedBounds(db)
  const checker = createChecker()
  const links = db.prepare(
    `SELECT seq, id, body, hash FROM entries WHERE seq > ? ORDER BY seq LIMIT ${PAGE_LINKS}`,
  )
  const entry = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES} WHERE e.seq = ?`)
  // The index of ids holds the places too: no entry is read.
  const span = db.prepare(
    'SELECT min(seq) AS first, max(seq) AS last FROM entries WHERE id > ? AND id < ?',
  )

  function chain(): ChainEnds {
    const { epoch, baseSeq, baseHash, nextSeq, headHash, isSound } = bounds()
    return {
      epoch,
      isSound,
      base: { seq: baseSeq, hash: baseHash },
      head: { seq: nextSeq - 1, hash: headHash },
    }
  }

  return {
    chain,
    links: (after) =>
      reading(db, () => ({
        ...chain(),
        links: takeBytes<KeyedLink>(links.iterate(after), PAGE_BYTES),
      })),
    find: (seqs) =>
      reading(db, () => {
        const now = bounds()
        const rows = seqs.map((seq) => entry.get(seq) as EntryRow | undefined)
        return rows.filter((row) => row !== undefined).map((row) => checker.entry(row, now))
      }),
    span({ from, to }) {
      const row = span.get(...keyRange(from, to)) as { first: Seq | null; last: Seq | null }
      return row.first === null ? undefined : { first: row.first, last: row.last! }
    },
  }
}
