import type { ChainEnds } from '../journal/journal.ts'
import type { Seq } from '../model/entry.ts'
import type { Proof } from '../sinks/formats/ecs-proof.ts'
import type { Break } from './verdict.ts'

/**
 * What a sink has of entries that retention has pruned: the journal can't be asked, but an anchor names
 * the hash of the entry before it, and the journal keeps the hash of the last one it pruned.
 */
export interface PrunedAnchors {
  add(placed: Proof & { readonly seq: Seq }): void
}

/** Places and anchors remembered; an anchor and what it names come close to each other. */
const MOST = 10_000

export function createPrunedAnchors(
  { epoch, base }: ChainEnds,
  tell: (found: Break) => void,
): PrunedAnchors {
  const hashes = createRecent()
  const named = createRecent()
  named.set(base.seq, Buffer.from(base.hash).toString('hex'))

  function hold(seq: Seq): void {
    const [hash, wanted] = [hashes.get(seq), named.get(seq)]
    if (hash === undefined || wanted === undefined || hash === wanted) return
    const by = seq === base.seq ? 'the journal keeps' : `the anchor at ${seq + 1} names`
    tell({ kind: 'changed', where: 'sink', seq, detail: `${by} another hash` })
  }

  return {
    add({ seq, hash, anchor }) {
      if (hash !== undefined) {
        hashes.set(seq, hash)
        hold(seq)
      }
      if (anchor === undefined || anchor.epoch !== epoch) return
      named.set(anchor.seq, anchor.hash)
      hold(anchor.seq)
    },
  }
}

/** Forgets the oldest. */
function createRecent(): Pick<Map<Seq, string>, 'get' | 'set'> {
  const map = new Map<Seq, string>()
  return {
    get: (seq) => map.get(seq),
    set(seq, hash) {
      map.delete(seq)
      map.set(seq, hash)
      if (map.size > MOST) map.delete(map.keys().next().value!)
      return map
    },
  }
}
