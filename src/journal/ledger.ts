import type { DatabaseSync } from 'node:sqlite'
import type { EntryId, Seq } from '../model/entry.ts'
import { SLOT_PREFIX_BYTES, seal, type ChainPlace } from './chain.ts'
import { checkedRow } from './checksum.ts'
import type { Slot } from './packed.ts'
import { damage, isDamage } from './unusable.ts'

/** An entry in the form the journal keeps. */
export interface Written {
  readonly id: EntryId
  readonly body: string
  /** Set where it is for this sink alone. */
  readonly sink?: string
}

/** Where the journal begins and ends. */
export interface Bounds {
  readonly nextSeq: Seq
  readonly headHash: Uint8Array
  /** The last place that was pruned; 0 where none was. */
  readonly baseSeq: Seq
  readonly baseHash: Uint8Array
  /** Tells this journal from any other. */
  readonly epoch: string
  /** The place of the last anchor, or of the entry that began the journal; 0 before that. */
  readonly anchorSeq: Seq
}

/** The end of the journal while a transaction adds to it. */
export interface Tail {
  /** The last entry so far. */
  readonly last: ChainPlace
  /** The entry's place, or `undefined` where the journal has its id already. */
  add(entry: Slot): Seq | undefined
  /** Writes the new end down. */
  finish(): void
}

/**
 * Adds entries at the end: the place, the chain and the id's uniqueness. The end is read anew by
 * each transaction, so that one rolled back leaves nothing behind.
 */
export interface Ledger {
  bounds(): Bounds
  /** Inside a transaction. */
  tail(): Tail
  /** Inside a transaction: everything up to `seq` is gone. */
  rebase(seq: Seq, hash: Uint8Array): void
  /** Inside a transaction: the entry at `seq` is an anchor. */
  anchored(seq: Seq): void
}

const NAMES = ['nextSeq', 'headHash', 'baseSeq', 'baseHash', 'epoch', 'anchorSeq'] as const

/** Needed after each change of the row. */
export const RESEAL_META =
  'UPDATE meta SET sum = checksum(next_seq, head_hash, base_seq, base_hash, epoch, anchor_seq)'

const SELECT = `SELECT next_seq AS nextSeq, head_hash AS headHash, base_seq AS baseSeq,
  base_hash AS baseHash, epoch, anchor_seq AS anchorSeq, sum FROM meta`

const checked = (row: unknown): Bounds => checkedRow(row, NAMES, 'its beginning and end')

/** Throws damage where the row is missing, or changed on disk. */
export function readBounds(db: DatabaseSync): () => Bounds {
  const claimed = rowOf(db)
  return () => checked(claimed())
}

/** What the row says, for who looks for changes. Throws damage where it is missing. */
export function readClaimedBounds(db: DatabaseSync): () => Bounds & { readonly isSound: boolean } {
  const claimed = rowOf(db)
  return () => {
    const row = claimed() as unknown as Bounds
    let isSound = true
    try {
      checked(row)
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      isSound = false
    }
    return { ...row, isSound }
  }
}

function rowOf(db: DatabaseSync): () => object {
  const select = db.prepare(SELECT)
  return () => {
    const row = select.get()
    if (row === undefined) throw damage('its beginning and end are missing')
    return row
  }
}

export function createLedger(db: DatabaseSync): Ledger {
  const bounds = readBounds(db)
  const insert = db.prepare(
    `INSERT INTO entries (seq, id, body, hash) VALUES (?, ?, CAST(? AS TEXT), ?)
     ON CONFLICT (id) DO NOTHING`,
  )
  const address = db.prepare('INSERT INTO addressed (seq, sink) VALUES (?, ?)')
  const advance = db.prepare('UPDATE meta SET next_seq = ?, head_hash = ?')
  const rebase = db.prepare('UPDATE meta SET base_seq = ?, base_hash = ?')
  const anchored = db.prepare('UPDATE meta SET anchor_seq = ?')
  const reseal = db.prepare(RESEAL_META)

  return {
    bounds,
    tail() {
      const start = bounds()
      let next = start.nextSeq
      let head = start.headHash
      return {
        get last() {
          return { seq: next - 1, hash: head }
        },
        add({ id, slot, sink }) {
          const seq = next
          const hash = seal(slot, head, seq)
          const { changes } = insert.run(seq, id, slot.subarray(SLOT_PREFIX_BYTES), hash)
          if (Number(changes) === 0) return undefined
          if (sink !== undefined) address.run(seq, sink)
          next += 1
          head = hash
          return seq
        },
        finish() {
          if (next === start.nextSeq) return
          advance.run(next, head)
          reseal.run()
        },
      }
    },
    rebase(seq, hash) {
      rebase.run(seq, hash)
      reseal.run()
    },
    anchored(seq) {
      anchored.run(seq)
      reseal.run()
    },
  }
}
