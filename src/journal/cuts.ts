import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import type { CursorTable } from './cursor-table.ts'
import type { Bounds } from './ledger.ts'
import { timeOfKey } from './rows.ts'

/** Where retention cuts: the last place to prune. Reads at most `maxRows` rows. */
export interface Cuts {
  /**
   * Of the entries that are too old, with all before them, and that no sink waits for, or none that
   * may let them wait for so long.
   */
  byAge(bounds: Bounds, now: Nanoseconds, maxAgeMs: number, maxRows: number): Seq
  /** So that about so many bytes are free, up to a place at most. */
  bySize(base: Seq, bytes: number, maxRows: number, last?: Seq): Seq
  /** The last place that no sink waits for, up to `last`. */
  confirmedByAll(last: Seq): Seq
  /** Of dead letters whose entries were pruned before; `undefined` where there are none. */
  byOrphans(base: Seq, maxRows: number): Seq | undefined
}

/** What a row costs beside its text: id, hash, two keys and cells. */
const ROW_OVERHEAD_BYTES = 120

export function createCuts(db: DatabaseSync, cursors: CursorTable): Cuts {
  const ids = db.prepare('SELECT seq, id FROM entries WHERE seq > ? ORDER BY seq LIMIT ?')
  const lengths = db.prepare(
    'SELECT seq, octet_length(body) AS bytes FROM entries WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const orphans = db.prepare(
    `SELECT max(seq) AS seq
     FROM (SELECT seq FROM dead_letters WHERE seq <= ? ORDER BY seq LIMIT ?)`,
  )

  const waiting = db.prepare(
    `SELECT 1 FROM addressed a JOIN cursors c ON c.sink = a.sink
     WHERE a.seq = ?1 AND c.confirmed < ?1`,
  )

  /** Whether it is for one sink alone, which has not got it. */
  const isForWaiting = (seq: Seq): boolean => waiting.get(seq) !== undefined

  /** A sink that waits for nothing holds nothing back, wherever it stands. */
  function confirmedByAll(last: Seq): Seq {
    return cursors.all().reduce((least, { sink, confirmed }) => {
      const waits = cursors.countFor(sink, confirmed, last) > 0
      return waits ? Math.min(least, confirmed) : least
    }, last)
  }

  /** Whether an entry is kept since a sink waits for it. */
  function createHolds(last: Seq, now: Nanoseconds): (seq: Seq, time: Nanoseconds) => boolean {
    const holders = cursors
      .all()
      .filter(({ sink, confirmed }) => cursors.countFor(sink, confirmed, last) > 0)
      .map(({ confirmed, maxLagMs }) => ({
        confirmed,
        since: maxLagMs === null ? undefined : now - nanosFromMillis(maxLagMs),
      }))
    return (seq, time) =>
      holders.some(
        ({ confirmed, since }) => seq > confirmed && (since === undefined || time >= since),
      )
  }

  return {
    confirmedByAll,
    byAge({ baseSeq, nextSeq }, now, maxAgeMs, maxRows) {
      const oldest = now - nanosFromMillis(maxAgeMs)
      const holds = createHolds(nextSeq - 1, now)
      let cut = baseSeq
      for (const row of ids.iterate(baseSeq, maxRows)) {
        const { seq, id } = row as { seq: Seq; id: Uint8Array }
        const time = timeOfKey(id)
        if (time >= oldest || holds(seq, time)) break
        // What tells a sink of its loss is as old as that. Alone it stays, or it would be lost and told
        // again for ever; with something else that goes it is told again once.
        if (!isForWaiting(seq)) cut = seq
      }
      return cut
    },
    bySize(base, bytes, maxRows, last = Infinity) {
      let cut = base
      let freed = 0
      for (const row of lengths.iterate(base, maxRows)) {
        if (freed >= bytes) break
        const { seq, bytes: length } = row as { seq: Seq; bytes: number }
        if (seq > last) break
        cut = seq
        freed += length + ROW_OVERHEAD_BYTES
      }
      return cut
    },
    byOrphans(base, maxRows) {
      const { seq } = orphans.get(base, maxRows) as { seq: Seq | null }
      return seq ?? undefined
    },
  }
}
