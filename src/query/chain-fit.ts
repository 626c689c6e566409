import type { ChainHash, ChainLink, ChainPlace } from '../journal/chain.ts'

/** A link with the key it is found by, where the trail has keys. */
export interface TrailLink extends ChainLink {
  readonly id?: Uint8Array
}

const HASH_BYTES = 32

/** Whether a link's hash is right behind a place. What was tampered with may have any length. */
export function fits(
  chainHash: ChainHash,
  { seq, hash }: ChainPlace,
  link: Pick<TrailLink, 'body' | 'hash'>,
): boolean {
  return hash.length === HASH_BYTES && chainHash(hash, seq + 1, link.body).equals(link.hash)
}

/** A hash that was lost. */
export const isUnknown = ({ hash }: ChainPlace): boolean => hash.length !== HASH_BYTES
