import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFactsCache } from '../../../src/streams/facts-cache.ts'
import { factsOf } from '../../support/records.ts'

test('keeps the last so many containers, the least recently used forgotten first', () => {
  const cache = createFactsCache({ maxEntries: 2 })
  cache.set('a', factsOf('a'))
  cache.set('b', 'gone')
  assert.notEqual(cache.get('a'), undefined)
  cache.set('c', factsOf('c'))
  assert.deepEqual(
    [cache.get('a') !== undefined, cache.get('b'), cache.get('c') !== undefined],
    [true, undefined, true],
  )
  cache.delete('a')
  assert.equal(cache.get('a'), undefined)
})

test('keeps within its bytes: what is large pushes out the small, what is larger than all is not kept', () => {
  const cache = createFactsCache({ maxBytes: 13_000 })
  const large = (length: number) => ({ labels: { text: 'x'.repeat(length) } })
  cache.set('small', factsOf('small'))
  cache.set('large', factsOf('large', large(8_000)))
  cache.set('other', factsOf('other', large(2_000)))
  assert.equal(cache.get('small'), undefined)
  assert.notEqual(cache.get('other'), undefined)
  cache.set('huge', factsOf('huge', large(20_000)))
  assert.equal(cache.get('huge'), undefined)
})
