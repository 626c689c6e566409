import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { excerptWithout, formsOf } from '../../../../src/sinks/wire/excerpt.ts'
import { lazy } from '../../../../src/sinks/wire/lazy.ts'
import { retryAfterMs } from '../../../../src/sinks/wire/retry-after.ts'
import { runs } from '../../../support/property.ts'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)

const waits: readonly (readonly [header: unknown, ms: number | undefined])[] = [
  ['7', 7000],
  [' 7 ', 7000],
  ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
  ['Sun, 22 Nov 2026 11:59:59 GMT', undefined],
  ['0', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
  [['7', '8'], undefined],
  ['999999999999', 3_600_000],
]

for (const [header, ms] of waits) {
  test(`Retry-After: ${JSON.stringify(header)}`, () => assert.equal(retryAfterMs(header, now), ms))
}

test('an excerpt is one short line, and holds no secret the peer echoed', () => {
  const excerpt = excerptWithout(formsOf('elastic', 'geheim'))
  const echoed = `Basic ${Buffer.from('elastic:geheim').toString('base64')}`
  assert.equal(excerpt(`no:\r\n${echoed} geheim\u0007`), 'no: Basic *** ***')
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 400 }), (before, after) => {
      const shown = excerpt(`${before}geheim${after}`)
      assert.ok(!shown.includes('geheim') && !/[\r\n]/.test(shown) && shown.length < 320)
    }),
    runs(100),
  )
})

test('what failed to be made is made anew, and what was made is closed once', async () => {
  let tries = 0
  let closed = 0
  const thing = lazy(async () => {
    if (++tries === 1) throw new Error('not yet')
    return { close: async () => void closed++ }
  })
  await thing.close()
  await assert.rejects(thing.get(), /not yet/)
  assert.equal(await thing.get(), await thing.get())
  await thing.close()
  await thing.close()
  assert.deepEqual([tries, closed], [2, 1])
})
