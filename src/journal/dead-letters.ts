import type { DatabaseSync } from 'node:sqlite'
import type { Refusal } from '../model/delivery.ts'
import type { Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Checker, ReadEntry } from './rows.ts'
import type { Ledger } from './ledger.ts'
import { writtenDamage } from './damage.ts'
import { createRowSalvage } from './salvage.ts'

/** An entry as it is put among dead letters; where it is damaged, the gap in its place. */
export interface Letter {
  readonly seq: Seq
  readonly id: Uint8Array
  readonly body: string
  /** Of the entry; null where it was damaged. */
  readonly chain: Uint8Array | null
}

/** What sinks refused. All of it runs inside the caller's transaction, but `letterOf`. */
export interface DeadLetters {
  /**
   * Outside a transaction: one that has met a damaged page can't write any more. `undefined` where the
   * journal has no such place.
   */
  letterOf(seq: Seq): Letter | undefined
  /** Puts an entry of the journal among a sink's dead letters. */
  bury(sink: string, letter: Letter, reason: string, at: Nanoseconds): void
  /**
   * A retried page is settled: what was refused again waits again, the rest is delivered; returns how
   * many of it. Those somebody dropped meanwhile are not counted.
   */
  settle(sink: string, seqs: readonly Seq[], refused: readonly Refusal[], at: Nanoseconds): number
  /** A rewind to `after`: those that the journal gives out again are no dead letters any more. */
  exhume(sink: string, after: Seq): void
  retry(sink: string, seqs?: readonly Seq[]): number
  drop(sink: string, seqs?: readonly Seq[]): number
}

/** Of an entry that can't be read, like the time of the gap in its place. */
const NO_ID = new Uint8Array(16)

export function createDeadLetters(
  db: DatabaseSync,
  ledger: Pick<Ledger, 'bounds'>,
  checker: Checker,
): DeadLetters {
  const rowAt = createRowSalvage(db)
  const bury = db.prepare(
    `INSERT INTO dead_letters (sink, seq, id, body, hash, chain, reason, at, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting')`,
  )
  const waitAgain = db.prepare(
    `UPDATE dead_letters SET state = 'waiting', reason = ?, at = ?
     WHERE sink = ? AND seq = ? AND state = 'retry'`,
  )
  const deliver = db.prepare(
    `DELETE FROM dead_letters WHERE sink = ? AND seq = ? AND state = 'retry'`,
  )
  const exhume = db.prepare('DELETE FROM dead_letters WHERE sink = ? AND seq > ?')
  const retry = `UPDATE dead_letters SET state = 'retry' WHERE state = 'waiting' AND sink = ?`
  const [retryAll, retryOne] = [db.prepare(retry), db.prepare(`${retry} AND seq = ?`)]
  const drop = 'DELETE FROM dead_letters WHERE sink = ?'
  const [dropAll, dropOne] = [db.prepare(drop), db.prepare(`${drop} AND seq = ?`)]

  type Statement = typeof retryAll
  const changed = (statement: Statement, ...values: (string | number)[]): number =>
    Number(statement.run(...values).changes)
  const each = (all: Statement, one: Statement, sink: string, seqs?: readonly Seq[]): number =>
    seqs === undefined
      ? changed(all, sink)
      : seqs.reduce((count, seq) => count + changed(one, sink, seq), 0)

  return {
    letterOf(seq) {
      const bounds = ledger.bounds()
      if (seq <= bounds.baseSeq || seq >= bounds.nextSeq) return undefined
      const row = rowAt(seq)
      const read: ReadEntry =
        row === undefined ? { seq, damaged: { time: 0n } } : checker.entry(row, bounds)
      const body = 'body' in read ? read.body : writtenDamage(read.damaged.time)
      const chain = row !== undefined && 'body' in read ? row.hash : null
      return { seq, id: row?.id ?? NO_ID, body, chain }
    },
    bury(sink, { seq, id, body, chain }, reason, at) {
      const hash = checker.deadLetterHash(seq, body)
      bury.run(sink, seq, id, body, hash, chain, reason, String(at))
    },
    settle(sink, seqs, refused, at) {
      const reasons = new Map(refused.map(({ seq, reason }) => [seq, reason]))
      let delivered = 0
      for (const seq of seqs) {
        const reason = reasons.get(seq)
        if (reason === undefined) delivered += changed(deliver, sink, seq)
        else waitAgain.run(reason, String(at), sink, seq)
      }
      return delivered
    },
    exhume: (sink, after) => void exhume.run(sink, after),
    retry: (sink, seqs) => each(retryAll, retryOne, sink, seqs),
    drop: (sink, seqs) => each(dropAll, dropOne, sink, seqs),
  }
}
