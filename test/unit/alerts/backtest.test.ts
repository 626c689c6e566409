import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { backtest, filterOfRules } from '../../../src/alerts/backtest.ts'
import { alertRules } from '../../../src/config/alert-rules.ts'
import { compileFilter, requireFilter } from '../../../src/filter/compile.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { plainRecord } from '../../support/entries.ts'

/** A record at this second of the day; every name is a lineage of its own. */
const at = (second: number, name: string, action = 'die'): Sequenced => ({
  ...plainRecord(second, { name }, action),
  seq: second + 1,
})

async function* inOrder(entries: readonly Sequenced[]) {
  yield* entries
}

async function fired(entries: readonly Sequenced[], rule: object = {}) {
  const rules = alertRules.parse([{ name: 'died', when: 'action:die', cooldown: '1m', ...rule }])
  const [tried] = await backtest(rules, inOrder(entries))
  return tried!
}

suite('a rule, tried on what there is,', () => {
  test('fires never on nothing', async () => {
    const { fired: count, last } = await fired([])
    assert.deepEqual([count, last], [0, undefined])
    assert.equal((await fired([at(1, 'a', 'start')])).fired, 0)
  })

  test('is one alert as long as it is not quiet for the cooldown, by the times of the entries', async () => {
    assert.equal((await fired([at(0, 'a'), at(50, 'a'), at(100, 'a'), at(150, 'a')])).fired, 1)
    assert.equal((await fired([at(0, 'a'), at(61, 'a'), at(122, 'a')])).fired, 3)
  })

  test('is an alert for each group', async () => {
    const entries = [at(0, 'a'), at(1, 'b'), at(2, 'a')]
    assert.equal((await fired(entries)).fired, 2)
    assert.equal((await fired(entries, { by: 'none' })).fired, 1)
    assert.equal((await fired(entries, { by: 'engine' })).fired, 1)
  })

  test('says what was told last, and of whom', async () => {
    const { last } = await fired([at(0, 'a'), at(5, 'b'), at(6, 'a')])
    assert.deepEqual([last?.group, last?.time], ['b', at(5, 'b').time])
    assert.match(last!.said, /\bb\b/)
  })

  test('minds no clock that steps back', async () => {
    assert.equal((await fired([at(100, 'a'), at(10, 'a'), at(101, 'a')])).fired, 1)
  })
})

test('the filter of rules takes what any of them does, and what ends a finding', () => {
  const rules = alertRules.parse([
    { name: 'one', when: 'action:die OR action:kill' },
    { name: 'two', when: 'name:b' },
  ])
  const matches = compileFilter(requireFilter(filterOfRules(rules)))
  assert.deepEqual(
    [at(0, 'a'), at(0, 'a', 'kill'), at(0, 'b', 'start'), at(0, 'a', 'start')].map(matches),
    [true, true, true, false],
  )
  assert.equal(filterOfRules([]), '(kind:finding state:resolved)')
})
