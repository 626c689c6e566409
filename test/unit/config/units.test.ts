import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
} from '../../../src/config/units.ts'

suite('durations', () => {
  test('are read', () => {
    const right: readonly (readonly [string, number])[] = [
      ['500ms', 500],
      ['1.5s', 1500],
      ['2h30m', 9_000_000],
      ['7d', 604_800_000],
      ['1w', 604_800_000],
      ['1d2h3m4s5ms', 93_784_005],
      ['0', 0],
      ['0s', 0],
      ['1h0.5m', 3_630_000],
    ]
    for (const [text, ms] of right) assert.equal(parseDuration(text), ms, text)
  })

  test('are refused with the reason and the place', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /no number|it ends there.*position 1/],
      ['5', /a unit is missing.*\(position 2\)/],
      ['5x', /unknown unit "x".*\(position 2\)/],
      ['30m2h', /larger unit comes first.*\(position 4\)/],
      ['1s1s', /each only once/],
      ['1.5h30m', /only the last part may have a fraction.*\(position 5\)/],
      ['1.5ms', /finer than a millisecond/],
      ['-1s', /no number.*\(position 1\)/],
      ['1 s', /a unit is missing.*\(position 2\)/],
      ['99999999999999w', /too large/],
    ]
    for (const [text, why] of wrong) assert.throws(() => parseDuration(text), why, text)
  })

  test('are printed short', () => {
    assert.equal(formatDuration(0), '0s')
    assert.equal(formatDuration(90_000), '1m30s')
    assert.equal(formatDuration(90 * 86_400_000), '90d')
    assert.equal(formatDuration(1500.4), '1s500ms')
  })
})

suite('sizes', () => {
  test('are read', () => {
    const right: readonly (readonly [string, number])[] = [
      ['512MiB', 536_870_912],
      ['10MB', 10_000_000],
      ['4KiB', 4096],
      ['4 kib', 4096],
      ['1000', 1000],
      ['1000B', 1000],
      ['1.5GiB', 1_610_612_736],
    ]
    for (const [text, size] of right) assert.equal(parseBytes(text), size, text)
  })

  test('are refused with the reason and the place', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /no number/],
      ['5m', /unknown unit "m" \(MiB for 1024s, MB for 1000s\) \(position 2\)/],
      ['5k', /KiB for 1024s, kB for 1000s/],
      ['5 ', /a unit is missing/],
      ['1.5B', /not a whole number of bytes/],
      ['9999999TiB', /too large/],
      ['x'.repeat(1000), /^(?=.{0,200}$).*\.\.\."/],
    ]
    for (const [text, why] of wrong)
      assert.throws(
        () => parseBytes(text),
        (error: Error) => why.test(error.message),
        text,
      )
  })

  test('are printed exactly', () => {
    assert.equal(formatBytes(0), '0')
    assert.equal(formatBytes(2 * 1024 ** 3), '2GiB')
    assert.equal(formatBytes(10_000_000), '10MB')
    assert.equal(formatBytes(1_234_567), '1234567')
  })
})
