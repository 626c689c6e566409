import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseMoment } from '../../src/config/moment.ts'
import { formatBytes, formatDuration, parseBytes, parseDuration } from '../../src/config/units.ts'
import { AuditorError } from '../../src/model/errors.ts'
import { formatNanos } from '../../src/model/time.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const quantity = fc.oneof(
  fc.maxSafeNat(),
  fc.nat({ max: 100_000 }),
  fc
    .tuple(
      fc.nat({ max: 500 }),
      fc.constantFrom(1000, 1024, 60_000, 3_600_000, 86_400_000, 1024 ** 3),
    )
    .map(([count, size]) => count * size),
)

const printThenParse = (print: (value: number) => string, parse: (text: string) => number) =>
  fc.property(quantity, (value) => assert.equal(parse(print(value)), value))

test('a printed duration or size is read back as the same number', () => {
  fc.assert(printThenParse(formatDuration, parseDuration), runs(500))
  fc.assert(printThenParse(formatBytes, parseBytes), runs(500))
})

test('printing and parsing find planted bugs', async () => {
  await assertCaught(printThenParse((ms) => formatDuration(ms - (ms % 1000)), parseDuration))
  await assertCaught(
    printThenParse(formatDuration, (text) => parseDuration(text.replace('m', 'h'))),
  )
  await assertCaught(printThenParse((bytes) => `${Math.floor(bytes / 1024)}KiB`, parseBytes))
  await assertCaught(printThenParse((n) => formatBytes(n).replace('iB', 'B'), parseBytes))
})

test('a printed moment is read back exactly, in any zone of this machine', () => {
  fc.assert(
    fc.property(fc.bigInt(-30_000_000_000n * 10n ** 9n, 250_000_000_000n * 10n ** 9n), (nanos) => {
      assert.equal(parseMoment(formatNanos(nanos), 0n), nanos)
    }),
    runs(100),
  )
})

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      '1',
      '.5',
      'h',
      'ms',
      'd',
      'KiB',
      ' ',
      '-',
      ':',
      '2026',
      'T',
      'Z',
      'ago',
      'today',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
  { maxLength: 8 },
)

test('any text is a value, or a usage error that says what was expected', () => {
  const parsers = [parseDuration, parseBytes, (text: string) => parseMoment(text, 10n ** 18n)]
  fc.assert(
    fc.property(
      pieces.map((list) => list.join('')),
      fc.constantFrom(...parsers),
      (text, parse) => {
        try {
          const value = parse(text)
          assert.ok(typeof value === 'bigint' || (Number.isSafeInteger(value) && value >= 0))
        } catch (error) {
          assert.ok(error instanceof AuditorError)
          assert.match(error.message, /^expected a/)
          assert.equal(error.code, 'usage')
        }
      },
    ),
    runs(2000),
  )
})
