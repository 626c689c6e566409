import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import { checkedRow } from './checksum.ts'
import type { SinkTrouble } from './journal.ts'

export interface CursorRow {
  readonly sink: string
  readonly since: Seq
  readonly confirmed: Seq
  readonly generation: number
  readonly delivered: number
  readonly dropped: number
  readonly discarded: number
  readonly lastError: string | null
  readonly lastErrorAt: number | null
  readonly failingSince: number | null
  readonly damaged: number
  /** How old an entry may be that is kept for this sink alone; null: as old as size allows. */
  readonly maxLagMs: number | null
}

/**
 * The table of cursors, and the arithmetic of places. Changes are made inside a transaction; reading a
 * row that changed on disk throws damage.
 */
export interface CursorTable {
  get(sink: string): CursorRow | undefined
  all(): readonly CursorRow[]
  /**
   * How many of the places after `after` up to `upTo` are for this sink. Both within the journal:
   * places there are taken without a hole, only those addressed to other sinks are passed over.
   */
  countFor(sink: string, after: Seq, upTo: Seq): number
  add(sink: string, confirmed: Seq): void
  remove(sink: string): void
  limitLag(sink: string, maxLagMs: number | undefined): void
  confirm(
    sink: string,
    upTo: Seq,
    settled: { readonly delivered: number; readonly damaged: number },
  ): void
  /** A new generation begins. */
  moveBack(sink: string, to: Seq): void
  /** What a sink had not confirmed was pruned. */
  drop(sink: string, upTo: Seq, dropped: number): void
  addDelivered(sink: string, count: number): void
  addDiscarded(sink: string, count: number): void
  keepTrouble(sink: string, trouble: SinkTrouble): void
}

const COLUMNS =
  'sink, since, confirmed, generation, delivered, dropped, discarded, damaged, max_lag_ms'
const NAMES = COLUMNS.replace('max_lag_ms', 'maxLagMs').split(', ')
/** Needed after each change of a row. */
export const RESEAL_CURSORS = `UPDATE cursors SET sum = checksum(${COLUMNS})`

export function createCursorTable(db: DatabaseSync): CursorTable {
  const select = `SELECT ${COLUMNS.replace('max_lag_ms', 'max_lag_ms AS maxLagMs')}, sum,
    last_error AS lastError, last_error_at AS lastErrorAt, failing_since AS failingSince FROM cursors`
  const get = db.prepare(`${select} WHERE sink = ?`)
  const all = db.prepare(`${select} ORDER BY sink`)
  const others = db.prepare(
    'SELECT count(*) AS count FROM addressed WHERE seq > ? AND seq <= ? AND sink <> ?',
  )
  const add = db.prepare('INSERT INTO cursors (sink, since, confirmed) VALUES (?1, ?2, ?2)')
  const remove = db.prepare('DELETE FROM cursors WHERE sink = ?')
  const limitLag = db.prepare('UPDATE cursors SET max_lag_ms = ? WHERE sink = ?')
  const confirm = db.prepare(
    `UPDATE cursors SET confirmed = ?, delivered = delivered + ?, damaged = damaged + ?
     WHERE sink = ?`,
  )
  const moveBack = db.prepare(
    'UPDATE cursors SET since = min(since, ?1), confirmed = ?1, generation = generation + 1 WHERE sink = ?2',
  )
  const drop = db.prepare(
    'UPDATE cursors SET confirmed = max(confirmed, ?), dropped = dropped + ? WHERE sink = ?',
  )
  const addDelivered = db.prepare('UPDATE cursors SET delivered = delivered + ? WHERE sink = ?')
  const addDiscarded = db.prepare('UPDATE cursors SET discarded = discarded + ? WHERE sink = ?')
  const keepTrouble = db.prepare(
    'UPDATE cursors SET last_error = ?, last_error_at = ?, failing_since = ? WHERE sink = ?',
  )
  const reseal = db.prepare(`${RESEAL_CURSORS} WHERE sink = ?`)

  const checked = (row: unknown): CursorRow => checkedRow(row, NAMES, 'the place of a sink')

  return {
    get(sink) {
      const row = get.get(sink)
      return row === undefined ? undefined : checked(row)
    },
    all: () => all.all().map(checked),
    countFor(sink, after, upTo) {
      if (upTo <= after) return 0
      return upTo - after - (others.get(after, upTo, sink) as { count: number }).count
    },
    add(sink, confirmed) {
      add.run(sink, confirmed)
      reseal.run(sink)
    },
    remove: (sink) => void remove.run(sink),
    limitLag(sink, maxLagMs) {
      limitLag.run(maxLagMs ?? null, sink)
      reseal.run(sink)
    },
    confirm(sink, upTo, { delivered, damaged }) {
      confirm.run(upTo, delivered, damaged, sink)
      reseal.run(sink)
    },
    moveBack(sink, to) {
      moveBack.run(to, sink)
      reseal.run(sink)
    },
    drop(sink, upTo, dropped) {
      drop.run(upTo, dropped, sink)
      reseal.run(sink)
    },
    addDelivered(sink, count) {
      addDelivered.run(count, sink)
      reseal.run(sink)
    },
    addDiscarded(sink, count) {
      addDiscarded.run(count, sink)
      reseal.run(sink)
    },
    keepTrouble(sink, { lastError = null, lastErrorAt = null, failingSince = null }) {
      keepTrouble.run(lastError, lastErrorAt, failingSince, sink)
    },
  }
}
