import { hash } from 'node:crypto'
import type { Seq } from '../model/entry.ts'

/**
 * P10, tamper-evident: every entry's hash covers the one before it.
 *
 *     hash(n) = SHA-256( hash(n-1) || n as 8 bytes, big-endian || body(n) as UTF-8 )
 *
 * `body` is the exact text `encodeEntry` wrote, `hash(0)` is 32 zero bytes. Changing, removing,
 * inserting or reordering entries breaks the chain at that place; where retention has pruned the
 * beginning, the hash of the last pruned entry is kept and the chain is checked from there.
 */
export const GENESIS: Uint8Array = new Uint8Array(32)

/** What a hash covers before the text: the hash before, and the place. */
export const SLOT_PREFIX_BYTES = 40
/** UTF-16 units become at most three bytes of UTF-8 each. */
const MAX_BYTES_PER_UNIT = 3

export type ChainHash = (previous: Uint8Array, seq: Seq, body: string) => Buffer

/** Its buffer is reused from call to call and grows to the largest entry seen. */
export function createChainHash(): ChainHash {
  let scratch = Buffer.alloc(16 * 1024)
  return (previous, seq, body) => {
    const most = SLOT_PREFIX_BYTES + body.length * MAX_BYTES_PER_UNIT
    if (most > scratch.length) scratch = Buffer.alloc(most * 2)
    const bytes = scratch.write(body, SLOT_PREFIX_BYTES, 'utf8')
    return seal(scratch.subarray(0, SLOT_PREFIX_BYTES + bytes), previous, seq)
  }
}

/** The hash of a text that lies behind `SLOT_PREFIX_BYTES` of room, which is filled in. */
export function seal(slot: Buffer, previous: Uint8Array, seq: Seq): Buffer {
  slot.set(previous, 0)
  slot.writeUInt32BE(Math.floor(seq / 2 ** 32), 32)
  slot.writeUInt32BE(seq % 2 ** 32, 36)
  return hash('sha256', slot, 'buffer')
}

/** One entry as it lies in the journal. */
export interface ChainLink {
  readonly seq: Seq
  readonly body: string
  readonly hash: Uint8Array
}

/** A place up to which the chain is known. */
export interface ChainPlace {
  readonly seq: Seq
  readonly hash: Uint8Array
}
