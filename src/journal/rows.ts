import { timePrefix } from '../model/entry-id.ts'
import type { Seal, Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { GENESIS, createChainHash } from './chain.ts'
import type { Bounds } from './ledger.ts'

/**
 * An entry read back. SQLite's pages carry no checksum, so a flipped bit comes back as wrong data
 * without an error: each entry is checked against its hash, and what does not match is not given
 * out. Of a damaged entry its place is known, and when it happened where its id is sound.
 */
export type ReadEntry =
  | { readonly seq: Seq; readonly body: string; readonly seal?: Seal }
  | { readonly seq: Seq; readonly damaged: { readonly time: Nanoseconds } }

/** What a question for entries selects, from the joined tables `e` and `p`. */
export const ENTRY_COLUMNS = 'e.seq, e.id, e.body, e.hash, p.hash AS previous'
export const ENTRY_TABLES = 'entries e LEFT JOIN entries p ON p.seq = e.seq - 1'

export interface EntryRow {
  readonly seq: Seq
  readonly id: Uint8Array
  readonly body: string
  readonly hash: Uint8Array
  /** Hash of the entry before; null where that one was pruned. */
  readonly previous: Uint8Array | null
}

export interface LetterRow extends Omit<EntryRow, 'previous'> {
  /** Of the entry; null where it was damaged. */
  readonly chain: Uint8Array | null
}

export interface Checker {
  /** `baseHash`: of the last pruned entry; the first one's chain begins there. */
  entry(row: EntryRow, bounds: Pick<Bounds, 'baseHash' | 'epoch'>): ReadEntry
  deadLetter(row: LetterRow, bounds: Pick<Bounds, 'epoch'>): ReadEntry
  /** The hash a dead letter is kept with: of its place and text alone. */
  deadLetterHash(seq: Seq, body: string): Buffer
}

export function createChecker(): Checker {
  const chainHash = createChainHash()
  function check(
    { seq, id, body, hash }: Omit<EntryRow, 'previous'>,
    previous: Uint8Array,
    sealed: { readonly epoch: string; readonly hash: Uint8Array | null },
  ): ReadEntry {
    // A damaged page can give a row without its columns.
    const isWhole = typeof body === 'string' && hash instanceof Uint8Array
    const isSound =
      isWhole && previous.length === GENESIS.length && chainHash(previous, seq, body).equals(hash)
    if (!isSound) return { seq, damaged: { time: timeOfKey(id) } }
    if (sealed.hash === null) return { seq, body }
    return { seq, body, seal: { epoch: sealed.epoch, hash: hex(sealed.hash) } }
  }
  return {
    entry: (row, { baseHash, epoch }) =>
      check(row, row.previous ?? baseHash, { epoch, hash: row.hash }),
    deadLetter: (row, { epoch }) => check(row, GENESIS, { epoch, hash: row.chain }),
    deadLetterHash: (seq, body) => chainHash(GENESIS, seq, body),
  }
}

const hex = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('hex')

const FIRST_KEY = Buffer.alloc(0)
const LAST_KEY = Buffer.alloc(17, 0xff)

/**
 * Keys before and behind all ids of a time range, both ends of it included: a key sorts before those
 * it is the beginning of.
 */
export function keyRange(
  from: Nanoseconds | undefined,
  to: Nanoseconds | undefined,
): [low: Buffer, high: Buffer] {
  return [
    from === undefined ? FIRST_KEY : Buffer.from(timePrefix(earliest(from, LAST_TIME)), 'hex'),
    to === undefined || to >= LAST_TIME
      ? LAST_KEY
      : Buffer.from(timePrefix(to) + 'ff'.repeat(9), 'hex'),
  ]
}

/** Of an id: in the year 2554. */
const LAST_TIME = (1n << 64n) - 1n
const earliest = (one: Nanoseconds, other: Nanoseconds): Nanoseconds => (one < other ? one : other)

/** The moment an id as the database keeps it speaks of. */
export function timeOfKey(id: Uint8Array): Nanoseconds {
  return !(id instanceof Uint8Array) || id.length < 8 ? 0n : Buffer.from(id).readBigUInt64BE(0)
}

/** Of a row's text; 0 where damage has left it without one. */
export function bytesOf({ body }: { readonly body: unknown }): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : 0
}

/**
 * The first rows up to a number of bytes of text (and rows, where the statement limits them); the
 * first row always comes, however large.
 */
export function takeBytes<R extends { readonly body: string }>(
  rows: Iterable<unknown>,
  maxBytes: number,
): R[] {
  const taken: R[] = []
  let bytes = 0
  for (const row of rows as Iterable<R>) {
    bytes += bytesOf(row)
    if (taken.length > 0 && bytes > maxBytes) break
    taken.push(row)
  }
  return taken
}
