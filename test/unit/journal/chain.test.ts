import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { GENESIS, createChainHash, type ChainLink } from '../../../src/journal/chain.ts'
import { verifyChain } from '../../support/journal/verify-chain.ts'
import { runs } from '../../support/property.ts'

/** The rule, written again as the documentation gives it. */
function documented(previous: Uint8Array, seq: number, body: string): Buffer {
  const place = Buffer.alloc(8)
  place.writeBigUInt64BE(BigInt(seq))
  return createHash('sha256').update(previous).update(place).update(body, 'utf8').digest()
}

const body = fc.string({ unit: 'binary', maxLength: 200 })

test('the hash is SHA-256 over the hash before, the place and the text', () => {
  const chainHash = createChainHash()
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.maxSafeNat(),
      body,
      (previous, seq, text) => {
        assert.deepEqual(chainHash(previous, seq, text), documented(previous, seq, text))
      },
    ),
    runs(100),
  )
  const long = 'é'.repeat(100_000)
  assert.deepEqual(chainHash(GENESIS, 1, long), documented(GENESIS, 1, long))
})

function chainOf(bodies: readonly string[]): ChainLink[] {
  const links: ChainLink[] = []
  let last = { seq: 0, hash: GENESIS }
  for (const text of bodies) {
    const seq = last.seq + 1
    const link = { seq, body: text, hash: documented(last.hash, seq, text) }
    links.push(link)
    last = link
  }
  return links
}

test('an intact chain has no fault; changing, removing, swapping or cutting is found', () => {
  const start = { seq: 0, hash: GENESIS }
  fc.assert(
    fc.property(fc.array(body, { minLength: 2, maxLength: 12 }), fc.nat(), (bodies, pick) => {
      const links = chainOf(bodies)
      const head = links.at(-1)!
      assert.equal(verifyChain(links, start, head), undefined)
      const at = pick % links.length
      const link = links[at]!
      const changed = links.with(at, { ...link, body: `${link.body}x` })
      assert.deepEqual(verifyChain(changed, start, head), { seq: at + 1, reason: 'changed' })
      const removed = links.toSpliced(at, 1)
      const reason = at === links.length - 1 ? 'cut-off' : 'missing'
      assert.deepEqual(verifyChain(removed, start, head), { seq: at + 1, reason })
      const forged = links.with(links.length - 1, {
        ...head,
        hash: documented(GENESIS, 1, 'other'),
      })
      assert.deepEqual(verifyChain(forged, start, head), { seq: links.length, reason: 'changed' })
      const rest = links.slice(at + 1)
      assert.equal(verifyChain(rest, link, head), undefined, 'it can be followed from any place')
    }),
    runs(100),
  )
})
