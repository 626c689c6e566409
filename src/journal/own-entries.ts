import type { Seq } from '../model/entry.ts'
import type { Tail, Written } from './ledger.ts'
import { pack, slotsOf } from './packed.ts'

/** An entry that the journal wrote by itself: a gap for a sink, an anchor, its own beginning. */
export interface OwnEntry {
  readonly seq: Seq
  readonly body: string
}

/** Adds them at the end, inside the transaction of `tail`. */
export function addOwn(tail: Tail, written: readonly Written[]): OwnEntry[] {
  return Array.from(slotsOf(pack(written)), (slot, at) => {
    const { id, body } = written[at]!
    const seq = tail.add(slot)
    if (seq === undefined) throw new Error(`the journal has its own entry ${id} already`)
    return { seq, body }
  })
}
