import { createChainHash, type ChainLink, type ChainPlace } from '../../../src/journal/chain.ts'
import type { Seq } from '../../../src/model/entry.ts'

export interface ChainFault {
  readonly seq: Seq
  readonly reason: 'changed' | 'missing' | 'cut-off'
}

/**
 * An oracle that shares nothing with `auditor verify` but the hash: follows the chain from a known place to its head. `undefined` when every entry between them is
 * there, unchanged and in order; else the first fault.
 */
export function verifyChain(
  links: Iterable<ChainLink>,
  start: ChainPlace,
  head: ChainPlace,
): ChainFault | undefined {
  const chainHash = createChainHash()
  let last = start
  for (const link of links) {
    if (link.seq !== last.seq + 1) return { seq: last.seq + 1, reason: 'missing' }
    if (!chainHash(last.hash, link.seq, link.body).equals(link.hash)) {
      return { seq: link.seq, reason: 'changed' }
    }
    last = link
  }
  if (last.seq !== head.seq) return { seq: last.seq + 1, reason: 'cut-off' }
  return Buffer.from(head.hash).equals(last.hash) ? undefined : { seq: head.seq, reason: 'changed' }
}
