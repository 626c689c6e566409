import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import { reading } from './database.ts'
import type { ChainEnds, EntryRange, KeyedLink, LinkPage } from './journal.ts'
import { readClaimedBounds } from './ledger.ts'
import { bytesOf, createChecker, keyRange, takeBytes, type ReadEntry } from './rows.ts'
import { createRowSalvage } from './salvage.ts'
import { isDamage } from './unusable.ts'

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
  const rowAt = createRowSalvage(db)
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

  const together = (after: Seq): KeyedLink[] =>
    takeBytes<KeyedLink>(links.iterate(after), PAGE_BYTES)

  /** What can't be read is left out. */
  function oneByOne(after: Seq): KeyedLink[] {
    const found: KeyedLink[] = []
    const { baseSeq, nextSeq } = bounds()
    let bytes = 0
    for (let seq = Math.max(after, baseSeq) + 1; seq < nextSeq; seq++) {
      const row = rowAt(seq)
      if (row === undefined) continue
      bytes += bytesOf(row)
      found.push(row)
      if (found.length === PAGE_LINKS || bytes > PAGE_BYTES) break
    }
    return found
  }

  return {
    chain,
    links(after) {
      const page = (read: (after: Seq) => KeyedLink[]): LinkPage =>
        reading(db, () => ({ ...chain(), links: read(after) }))
      try {
        return page(together)
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown
        return page(oneByOne)
      }
    },
    find: (seqs) =>
      reading(db, () => {
        const now = bounds()
        const kept = seqs.filter((seq) => seq > now.baseSeq && seq < now.nextSeq)
        return kept.map((seq) => {
          const row = rowAt(seq)
          return row === undefined ? { seq, damaged: { time: 0n } } : checker.entry(row, now)
        })
      }),
    span({ from, to }) {
      const row = span.get(...keyRange(from, to)) as { first: Seq | null; last: Seq | null }
      return row.first === null ? undefined : { first: row.first, last: row.last! }
    },
  }
}
