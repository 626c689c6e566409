import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
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
}

/** The table of cursors, and the arithmetic of places. Changes are made inside a transaction. */
export interface CursorTable {
  get(sink: string): CursorRow | undefined
  all(): readonly CursorRow[]
  /**
   * How many of the places after `after` up to `upTo` are for this sink. Both within the journal:
   * places there are taken without a hole, only those addressed to other sinks are passed over.
   */
  countFor(sink: string, after: Seq, upTo: Seq): number
  add(sink: string, confirmed: Seq): void
  confirm(sink: string, upTo: Seq, delivered: number): void
  /** A new generation begins. */
  moveBack(sink: string, to: Seq): void
  /** What a sink had not confirmed was pruned. */
  drop(sink: string, upTo: Seq, dropped: number): void
  addDelivered(sink: string, count: number): void
  addDiscarded(sink: string, count: number): void
  keepTrouble(sink: string, trouble: SinkTrouble): void
}

export function createCursorTable(db: DatabaseSync): CursorTable {
  const columns = `sink, since, confirmed, generation, delivered, dropped, discarded,
    last_error AS lastError, last_error_at AS lastErrorAt, failing_since AS failingSince`
  const get = db.prepare(`SELECT ${columns} FROM cursors WHERE sink = ?`)
  const all = db.prepare(`SELECT ${columns} FROM cursors ORDER BY sink`)
  const others = db.prepare(
    'SELECT count(*) AS count FROM addressed WHERE seq > ? AND seq <= ? AND sink <> ?',
  )
  const add = db.prepare('INSERT INTO cursors (sink, since, confirmed) VALUES (?1, ?2, ?2)')
  const confirm = db.prepare(
    'UPDATE cursors SET confirmed = ?, delivered = delivered + ? WHERE sink = ?',
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

  return {
    get: (sink) => get.get(sink) as CursorRow | undefined,
    all: () => all.all() as unknown as CursorRow[],
    countFor(sink, after, upTo) {
      if (upTo <= after) return 0
      return upTo - after - (others.get(after, upTo, sink) as { count: number }).count
    },
    add: (sink, confirmed) => void add.run(sink, confirmed),
    confirm: (sink, upTo, delivered) => void confirm.run(upTo, delivered, sink),
    moveBack: (sink, to) => void moveBack.run(to, sink),
    drop: (sink, upTo, dropped) => void drop.run(upTo, dropped, sink),
    addDelivered: (sink, count) => void addDelivered.run(count, sink),
    addDiscarded: (sink, count) => void addDiscarded.run(count, sink),
    keepTrouble(sink, { lastError = null, lastErrorAt = null, failingSince = null }) {
      keepTrouble.run(lastError, lastErrorAt, failingSince, sink)
    },
  }
}
