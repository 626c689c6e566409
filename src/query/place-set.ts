import type { Seq } from '../model/entry.ts'

/** Which places of a range have been seen: one bit each, so 2 million entries take 250 KB. */
export interface PlaceSet {
  /** False where it was there already, or lies outside of the range. */
  add(seq: Seq): boolean
  has(seq: Seq): boolean
}

export function createPlaceSet(from: Seq, to: Seq): PlaceSet {
  const bits = new Uint8Array(Math.max(0, Math.ceil((to - from + 1) / 8)))
  const isWithin = (seq: Seq): boolean => seq >= from && seq <= to
  const has = (seq: Seq): boolean => {
    const at = seq - from
    return isWithin(seq) && (bits[Math.floor(at / 8)]! & (1 << (at % 8))) !== 0
  }
  return {
    has,
    add(seq) {
      if (!isWithin(seq) || has(seq)) return false
      const at = seq - from
      bits[Math.floor(at / 8)]! |= 1 << (at % 8)
      return true
    },
  }
}
