import type { DatabaseSync } from 'node:sqlite'
import type { Refusal } from '../model/delivery.ts'
import type { Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { ENTRY_COLUMNS, ENTRY_TABLES, type Checker, type EntryRow } from './rows.ts'
import type { Ledger } from './ledger.ts'
import { writtenDamage } from './damage.ts'

/** What sinks refused. All of it runs inside the caller's transaction. */
export interface DeadLetters {
  /** Puts an entry of the journal among a sink's dead letters. */
  bury(sink: string, refusal: Refusal, at: Nanoseconds): void
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

export function createDeadLetters(
  db: DatabaseSync,
  ledger: Pick<Ledger, 'bounds'>,
  checker: Checker,
): DeadLetters {
  const entry = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES} WHERE e.seq = ?`)
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
    bury(sink, { seq, reason }, at) {
      const row = entry.get(seq) as EntryRow | undefined
      if (row === undefined) throw new Error(`${seq} is not in the journal`)
      const read = checker.entry(row, ledger.bounds())
      const body = 'body' in read ? read.body : writtenDamage(read.damaged.time)
      const hash = checker.deadLetterHash(seq, body)
      const chain = 'body' in read ? row.hash : null
      bury.run(sink, seq, row.id, body, hash, chain, reason, String(at))
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
