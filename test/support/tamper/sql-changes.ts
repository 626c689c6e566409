import type { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { createChainHash } from '../../../src/journal/chain.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Seq } from '../../../src/model/entry.ts'
import type { BreakKind } from '../../../src/query/verdict.ts'
import { reseal } from '../journal/reseal.ts'
import type { TamperedTrail } from './trail.ts'

/** Somebody changes the journal beside the agent, by SQL. */
export interface Change {
  readonly name: string
  /** Hashes are computed anew from the change on, to the end the journal notes. */
  readonly isClever: boolean
  /** Does it; answers what should be found first, or `undefined` where nothing was changed. */
  readonly make: (trail: TamperedTrail, place: number, other: number) => Expected | undefined
}

export interface Expected {
  readonly seq: Seq
  /** Where the hashes alone can't tell, one of several. */
  readonly kinds: readonly BreakKind[]
  /** The one behind it may be told instead: which of the two is not as it was can't be known. */
  readonly orNext?: boolean
  /** The one before it may be told instead. */
  readonly orPrevious?: boolean
}

interface Row {
  readonly seq: Seq
  readonly id: Uint8Array
  readonly body: string
  readonly hash: Uint8Array
}

const run = (db: DatabaseSync, sql: string, ...values: (string | number | Uint8Array)[]): void =>
  void db.prepare(sql).run(...values)

const rowAt = (db: DatabaseSync, seq: Seq): Row =>
  db.prepare('SELECT seq, id, body, hash FROM entries WHERE seq = ?').get(seq) as unknown as Row

const headSeq = (db: DatabaseSync): Seq =>
  Number(db.prepare('SELECT next_seq - 1 AS head FROM meta').get()!['head'])

/** Moves the places from `from` on by `by`; in two steps, for they are unique. */
function renumber(db: DatabaseSync, from: Seq, by: number): void {
  run(db, 'UPDATE entries SET seq = -seq WHERE seq >= ?', from)
  run(db, 'UPDATE entries SET seq = -seq + ? WHERE seq < 0', by)
  run(db, 'UPDATE meta SET next_seq = next_seq + ?', by)
}

const forged = (number: number) =>
  markerOf({ time: 1_800_000_000_000_000_000n, marker: 'agent-stopped', data: { number } })

function insertRow(db: DatabaseSync, seq: Seq, hash: Uint8Array): void {
  const entry = forged(seq)
  const id = Buffer.from(entry.id, 'hex')
  run(
    db,
    'INSERT INTO entries (seq, id, body, hash) VALUES (?, ?, ?, ?)',
    seq,
    id,
    encodeEntry(entry),
    hash,
  )
}

function exchange(db: DatabaseSync, one: Seq, other: Seq): void {
  run(db, 'UPDATE entries SET seq = -1 WHERE seq = ?', one)
  run(db, 'UPDATE entries SET seq = ? WHERE seq = ?', one, other)
  run(db, 'UPDATE entries SET seq = ? WHERE seq = -1', other)
}

/** As who knows how the chain is made. Anchors are made to agree too. */
function recompute(db: DatabaseSync, from: Seq): void {
  const chainHash = createChainHash()
  const before = db.prepare('SELECT hash FROM entries WHERE seq = ?').get(from - 1)
  const base = db.prepare('SELECT base_hash AS hash FROM meta').get()
  let last = (before ?? base)!['hash'] as Uint8Array
  for (const row of db
    .prepare('SELECT seq, id, body, hash FROM entries WHERE seq >= ?')
    .all(from)) {
    const { seq, body } = row as unknown as Row
    const named = isAnchor(body)
      ? body.replace(
          /"seq":\d+,"hash":"[0-9a-f]{64}"/,
          `"seq":${seq - 1},"hash":"${Buffer.from(last).toString('hex')}"`,
        )
      : body
    last = chainHash(last, seq, named)
    run(db, 'UPDATE entries SET body = ?, hash = ? WHERE seq = ?', named, last, seq)
  }
  run(db, 'UPDATE meta SET head_hash = ?', last)
}

const isAnchor = (body: string): boolean => body.includes('"marker":"anchor"')

function edited(body: string): string {
  const at = body.lastIndexOf('"', body.length - 4)
  return `${body.slice(0, at + 1)}~${body.slice(at + 1)}`
}

const plain = (name: string, make: Change['make']): Change => ({
  name,
  isClever: false,
  make(trail, one, other) {
    const expected = make(trail, one, other)
    reseal(trail.db)
    return expected
  },
})

const plainChanges: readonly Change[] = [
  plain('a text is edited', ({ db }, seq) => {
    run(db, 'UPDATE entries SET body = ? WHERE seq = ?', edited(rowAt(db, seq).body), seq)
    return { seq, kinds: ['changed'] }
  }),
  plain('a hash is edited', ({ db, last }, seq) => {
    run(db, 'UPDATE entries SET hash = zeroblob(32) WHERE seq = ?', seq)
    // At the end, the noted end is right.
    return { seq, kinds: seq === last ? ['changed', 'recomputed'] : ['changed'] }
  }),
  plain('a hash has another length', ({ db }, seq) => {
    run(db, 'UPDATE entries SET hash = zeroblob(99) WHERE seq = ?', seq)
    return { seq, kinds: ['changed'] }
  }),
  plain('the key is edited', ({ db }, seq) => {
    run(db, `UPDATE entries SET id = x'${'00'.repeat(15)}01' WHERE seq = ?`, seq)
    return { seq, kinds: ['changed'] }
  }),
  plain('a text is edited and its own hash computed', ({ db, first }, seq) => {
    const before = seq === first ? undefined : rowAt(db, seq - 1).hash
    if (before === undefined) return undefined
    const body = edited(rowAt(db, seq).body)
    const hash = createChainHash()(before, seq, body)
    run(db, 'UPDATE entries SET body = ?, hash = ? WHERE seq = ?', body, hash, seq)
    // An edited anchor names another hash for the one before it.
    return { seq, kinds: ['changed', 'recomputed'], orNext: true, orPrevious: isAnchor(body) }
  }),
  plain('one is deleted', ({ db, last }, seq) => {
    run(db, 'DELETE FROM entries WHERE seq = ?', seq)
    return { seq, kinds: [seq === last ? 'cut-off' : 'missing'] }
  }),
  plain('one is deleted and those behind it renumbered', ({ db, last }, seq) => {
    run(db, 'DELETE FROM entries WHERE seq = ?', seq)
    renumber(db, seq + 1, -1)
    // Of the last one only the hash that is noted as the end is left.
    if (seq < last - 1) return { seq, kinds: ['missing'] }
    return { seq, kinds: ['changed', 'recomputed', 'missing', 'cut-off'], orPrevious: true }
  }),
  plain('some are deleted', ({ db, last }, one, other) => {
    const [from, to] = [Math.min(one, other), Math.max(one, other)]
    run(db, 'DELETE FROM entries WHERE seq BETWEEN ? AND ?', from, to)
    return { seq: from, kinds: [to === last ? 'cut-off' : 'missing'] }
  }),
  plain('one is inserted', ({ db }, seq) => {
    renumber(db, seq, 1)
    insertRow(db, seq, new Uint8Array(32))
    return { seq, kinds: ['inserted'] }
  }),
  plain('one is inserted with its own hash computed', ({ db, first }, seq) => {
    if (seq === first) return undefined
    const hash = createChainHash()(rowAt(db, seq - 1).hash, seq, encodeEntry(forged(seq)))
    renumber(db, seq, 1)
    insertRow(db, seq, hash)
    return { seq, kinds: ['inserted'] }
  }),
  plain('one is appended', ({ db, last }) => {
    insertRow(db, last + 1, new Uint8Array(32))
    return { seq: last + 1, kinds: ['inserted'] }
  }),
  plain('two are exchanged', ({ db }, one, other) => {
    if (one === other) return undefined
    exchange(db, one, other)
    return { seq: Math.min(one, other), kinds: ['swapped'] }
  }),
  plain('the texts of two are exchanged', ({ db }, one, other) => {
    if (one === other) return undefined
    const [a, b] = [rowAt(db, one), rowAt(db, other)]
    run(db, 'UPDATE entries SET body = ? WHERE seq = ?', b.body, one)
    run(db, 'UPDATE entries SET body = ? WHERE seq = ?', a.body, other)
    return { seq: Math.min(one, other), kinds: ['swapped'] }
  }),
  plain('the end is cut off', ({ db }, seq) => {
    run(db, 'DELETE FROM entries WHERE seq >= ?', seq)
    return { seq, kinds: ['cut-off'] }
  }),
  {
    name: 'what it notes of its end is edited',
    isClever: false,
    make({ db, first }) {
      run(db, 'UPDATE meta SET anchor_seq = anchor_seq + 1')
      return { seq: first, kinds: ['changed'] }
    },
  },
  {
    name: 'what it notes of a sink is edited',
    isClever: false,
    make({ db, first }) {
      run(db, 'UPDATE cursors SET delivered = delivered + 1')
      return { seq: first, kinds: ['changed'] }
    },
  },
]

const clever = (name: string, make: Change['make']): Change => ({
  name: `${name}, and all hashes computed anew`,
  isClever: true,
  make(trail, one, other) {
    const expected = make(trail, one, other)
    if (expected === undefined) return undefined
    recompute(trail.db, expected.seq)
    run(trail.db, 'UPDATE cursors SET confirmed = min(confirmed, ?)', headSeq(trail.db))
    reseal(trail.db)
    return expected
  },
})

/** A chain that is whole again: only who was told its hashes before can tell. */
const recomputed: Expected['kinds'] = ['recomputed', 'changed', 'missing', 'inserted', 'cut-off']

const cleverChanges: readonly Change[] = [
  clever('a text is edited', ({ db }, seq) => {
    run(db, 'UPDATE entries SET body = ? WHERE seq = ?', edited(rowAt(db, seq).body), seq)
    return { seq, kinds: recomputed }
  }),
  clever('one is deleted', ({ db }, seq) => {
    run(db, 'DELETE FROM entries WHERE seq = ?', seq)
    renumber(db, seq + 1, -1)
    return { seq, kinds: recomputed }
  }),
  clever('one is inserted', ({ db }, seq) => {
    renumber(db, seq, 1)
    insertRow(db, seq, new Uint8Array(32))
    return { seq, kinds: recomputed }
  }),
  clever('two are exchanged', ({ db }, one, other) => {
    if (one === other) return undefined
    exchange(db, one, other)
    return { seq: Math.min(one, other), kinds: recomputed }
  }),
  {
    name: 'the end is cut off, and the noted end with it',
    isClever: true,
    make({ db, first }, seq) {
      if (seq === first) return undefined
      run(db, 'DELETE FROM entries WHERE seq >= ?', seq)
      const { hash } = rowAt(db, seq - 1)
      run(db, 'UPDATE meta SET next_seq = ?, head_hash = ?', seq, hash)
      run(db, 'UPDATE cursors SET confirmed = min(confirmed, ?)', seq - 1)
      reseal(db)
      return { seq, kinds: ['cut-off'] }
    },
  },
]

const sqlChanges = [...plainChanges, ...cleverChanges]

export const plainChange = fc.constantFrom(...plainChanges)
export const cleverChange = fc.constantFrom(...cleverChanges)
export { sqlChanges }
