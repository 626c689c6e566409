import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRing } from '../../../src/actors/ring.ts'

test('a ring gives back what it was given, in order, over its seam', () => {
  const ring = createRing<number>(3)
  assert.equal(ring.shift(), undefined)
  const out: (number | undefined)[] = []
  for (let value = 0; value < 10; value++) {
    ring.push(value)
    if (ring.size === 3) out.push(ring.shift())
    assert.equal(ring.at(ring.size - 1), value)
  }
  assert.deepEqual(out, [0, 1, 2, 3, 4, 5, 6, 7])
  assert.deepEqual([ring.at(-1), ring.at(0), ring.at(1), ring.at(2)], [undefined, 8, 9, undefined])
})

test('a ring refuses what it has no room for', () => {
  const ring = createRing<string>(1)
  ring.push('a')
  assert.throws(() => ring.push('b'), RangeError)
  assert.throws(() => createRing(0), RangeError)
  assert.throws(() => createRing(1.5), RangeError)
})
