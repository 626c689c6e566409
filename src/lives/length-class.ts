import type { Nanoseconds } from '../model/time.ts'

/*
 * Lengths are counted in classes, 16 to each power of two: with whole numbers alone, so that it is the
 * same on every machine.
 */

/** Below it each number is a class of its own. */
const EXACT_BITS = 5

/** The class of a length. Negative ones, which Docker 20.10 has for very short runs, are 0. */
export function lengthClass(length: Nanoseconds): number {
  if (length <= 0n) return 0
  const shift = length.toString(2).length - EXACT_BITS
  return shift <= 0 ? Number(length) : shift * 16 + Number(length >> BigInt(shift))
}

/** The middle of a class: what is in it differs by 1/32 at most. */
export function middleOf(lengthClass: number): Nanoseconds {
  if (lengthClass < 32) return BigInt(lengthClass)
  const shift = BigInt(Math.floor(lengthClass / 16) - 1)
  const lowest = BigInt(lengthClass - Number(shift) * 16) << shift
  return lowest + (1n << shift) / 2n
}
