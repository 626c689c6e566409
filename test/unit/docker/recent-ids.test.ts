import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createRecentIds } from '../../../src/docker/recent-ids.ts'
import { runs } from '../../support/property.ts'

test('the last ids are known, and no more than twice as many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.uniqueArray(fc.integer().map(String), { maxLength: 100 }),
      (capacity, ids) => {
        const recent = createRecentIds(capacity)
        for (const id of ids) recent.add(id)
        for (const id of ids.slice(-capacity)) assert.ok(recent.has(id))
        assert.ok(ids.filter((id) => recent.has(id)).length <= 2 * capacity)
        assert.ok(!recent.has('never added'))
      },
    ),
    runs(100),
  )
})
