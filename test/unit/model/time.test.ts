import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatNanos, parseNanos } from '../../../src/model/time.ts'
import { runs } from '../../support/property.ts'

test('nanoseconds are written with nine digits and read back exactly', () => {
  assert.equal(formatNanos(1_795_358_966_636_471_773n), '2026-11-22T14:49:26.636471773Z')
  assert.equal(parseNanos('2026-11-22T14:49:26.636471773Z'), 1_795_358_966_636_471_773n)
  assert.equal(parseNanos('2026-11-22T15:49:26.6+01:00'), 1_795_358_966_600_000_000n)
  fc.assert(
    fc.property(fc.bigInt(-62_000_000_000_000_000_000n, 250_000_000_000_000_000_000n), (nanos) => {
      assert.equal(parseNanos(formatNanos(nanos)), nanos)
    }),
    runs(100),
  )
})

test('what is no RFC 3339 time is undefined', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-13-01T00:00:00Z',
    '2026-11-22',
    '2026-11-22T14:49:26',
  ]) {
    assert.equal(parseNanos(text), undefined, text)
  }
})
