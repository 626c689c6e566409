import { SLOT_PREFIX_BYTES } from './chain.ts'
import type { Written } from './ledger.ts'

/**
 * A group of entries as it crosses to the writer: their text is encoded once, in this thread, and
 * handed over without a copy. Before each text there is room for what its hash covers beside it, so
 * that the writer hashes and stores it where it lies.
 */
export interface Packed {
  readonly count: number
  /** 16 bytes an entry. */
  readonly ids: Uint8Array<ArrayBuffer>
  /** `SLOT_PREFIX_BYTES` and a text, one entry after the other. */
  readonly slots: Uint8Array<ArrayBuffer>
  /** Where each slot ends. */
  readonly ends: readonly number[]
  /** Which are for one sink alone. */
  readonly sinks: readonly { readonly at: number; readonly sink: string }[]
}

/** One entry of a packed group, for the writer. */
export interface Slot {
  readonly id: Uint8Array
  /** To be sealed, see `chain.ts`. */
  readonly slot: Buffer
  readonly sink: string | undefined
}

const ID_BYTES = 16

/** Throws where an id is not 16 bytes in hex. */
export function pack(entries: readonly Written[]): Packed {
  const ends: number[] = []
  let end = 0
  for (const { body } of entries) {
    end += SLOT_PREFIX_BYTES + Buffer.byteLength(body)
    ends.push(end)
  }
  const ids = Buffer.from(new ArrayBuffer(entries.length * ID_BYTES))
  const slots = Buffer.from(new ArrayBuffer(end))
  const sinks: { at: number; sink: string }[] = []
  let start = 0
  for (const [at, { id, body, sink }] of entries.entries()) {
    if (ids.write(id, at * ID_BYTES, 'hex') !== ID_BYTES || id.length !== 2 * ID_BYTES) {
      throw new TypeError(`not an entry's id: ${JSON.stringify(id)}`)
    }
    slots.write(body, start + SLOT_PREFIX_BYTES)
    if (sink !== undefined) sinks.push({ at, sink })
    start = ends[at]!
  }
  return { count: entries.length, ids, slots, ends, sinks }
}

export function* slotsOf({ count, ids, slots, ends, sinks }: Packed): Generator<Slot> {
  const buffer = Buffer.from(slots.buffer, slots.byteOffset, slots.length)
  const sinkAt = new Map(sinks.map(({ at, sink }) => [at, sink]))
  let start = 0
  for (let at = 0; at < count; at++) {
    const end = ends[at]!
    const id = ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES)
    yield { id, slot: buffer.subarray(start, end), sink: sinkAt.get(at) }
    start = end
  }
}
