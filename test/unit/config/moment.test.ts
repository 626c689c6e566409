import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { parseMoment } from '../../../src/config/moment.ts'
import { formatNanos, parseNanos } from '../../../src/model/time.ts'

const now = parseNanos('2026-11-22T18:30:00.123456789Z')!
const read = (text: string): string => formatNanos(parseMoment(text, now)).replace(/\.0{9}Z$/, 'Z')

suite('moments in Berlin', () => {
  const zone = process.env['TZ']
  before(() => {
    process.env['TZ'] = 'Europe/Berlin'
  })
  after(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })

  const right: readonly (readonly [string, string])[] = [
    ['now', '2026-11-22T18:30:00.123456789Z'],
    ['2h', '2026-11-22T16:30:00.123456789Z'],
    ['2h30m ago', '2026-11-22T16:00:00.123456789Z'],
    ['today', '2026-11-21T23:00:00Z'],
    ['yesterday', '2026-11-20T23:00:00Z'],
    ['yesterday 09:00', '2026-11-21T08:00:00Z'],
    ['Today 09:00:30.5', '2026-11-22T08:00:30.500000000Z'],
    ['2026-11-22', '2026-11-21T23:00:00Z'],
    ['2026-07-01', '2026-06-30T22:00:00Z'],
    ['2026-11-22 09:00', '2026-11-22T08:00:00Z'],
    ['2026-11-22T09:00:00.000000001', '2026-11-22T08:00:00.000000001Z'],
    ['2026-11-22T09:00Z', '2026-11-22T09:00:00Z'],
    ['2026-11-22T09:00:00+05:30', '2026-11-22T03:30:00Z'],
    ['1795358966.636471773', '2026-11-22T14:49:26.636471773Z'],
    ['0', '1970-01-01T00:00:00Z'],
    // The clock went from 02:00 to 03:00 that night, and from 03:00 back to 02:00 on the other.
    ['2026-03-29 02:30', '2026-03-29T01:30:00Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00Z'],
  ]
  for (const [text, expected] of right) test(text, () => assert.equal(read(text), expected))

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['2026-02-30', /there is no day 2026-02-30/],
    ['2026-13-01', /there is no day/],
    ['2026-11-22 24:00', /hours go to 23/],
    ['today 9:00', /not one of these forms/],
    ['2026-11-22T09:00:00+25:00', /impossible zone/],
    ['tomorrow', /not one of these forms/],
    ['5x', /not one of these forms/],
    ['', /expected a time such as 2026-11-22/],
  ]
  for (const [text, why] of wrong)
    test(`refused: ${text}`, () =>
      assert.throws(
        () => parseMoment(text, now),
        (error: Error) => why.test(error.message),
      ))
})
