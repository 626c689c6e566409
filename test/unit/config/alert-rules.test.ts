import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertRules, BUILT_IN_RULES } from '../../../src/config/alert-rules.ts'

const rule = { name: 'mine', when: 'kind:life' }

/** The names of the rules, or the first thing that is wrong, with its place. */
function read(given: unknown): string {
  const { data, error } = alertRules.safeParse(given)
  if (data !== undefined) return data.map(({ name }) => name).join()
  const { path, message } = error.issues[0]!
  return `${path.join('.')}: ${message}`
}

suite('rules of alerts', () => {
  test('are named, written, or none', () => {
    assert.equal(read(['oom', rule]), 'oom,mine')
    assert.equal(read('oom crashed,gap'), 'oom,crashed,gap')
    assert.equal(read(JSON.stringify(['oom', rule])), 'oom,mine')
    for (const off of ['off', ' OFF ', 'false', 'none', '', []]) assert.equal(read(off), '')
    const names = BUILT_IN_RULES.map(({ name }) => name)
    assert.equal(read(names), names.join())
  })

  test('have their defaults, and a cooldown in ms', () => {
    const [mine, gap] = alertRules.parse([{ ...rule, cooldown: '1h' }, 'gap'])
    assert.deepEqual(mine, { ...rule, by: 'lineage', cooldown: 3_600_000 })
    assert.deepEqual([gap!.by, gap!.cooldown], ['engine', 300_000])
  })

  for (const [given, complaint] of [
    ['oomm', /^0: no built-in rule is called "oomm", did you mean "oom"\? \(there are oom, /],
    ['[oom', /expected a list of rules, or off/],
    [true, /expected a list of rules, or off/],
    [[7], /^0: expected a rule, \{ name, when \}, or the name of a built-in one/],
    [[{ name: 'a' }], /^0\.when: /],
    [[{ ...rule, name: '-a' }], /^0\.name: expected up to 64 letters/],
    [[{ ...rule, name: 'a\nb' }], /^0\.name: expected up to 64 letters/],
    [[{ ...rule, when: ' ' }], /^0\.when: a rule of everything would never be quiet/],
    [[{ ...rule, by: 'host' }], /^0\.by: expected lineage, container, /],
    [[{ ...rule, cooldown: '10ms' }], /^0\.cooldown: expected at least 1s/],
    [[{ ...rule, cooldown: '8d' }], /^0\.cooldown: expected at most 7d/],
    [['oom', { ...rule, name: 'oom' }], /^1\.name: there is another rule called "oom"/],
    [Array.from({ length: 101 }, (_, at) => ({ ...rule, name: `r${at}` })), /at most 100 rules/],
  ] as const)
    test(`${JSON.stringify(given).slice(0, 60)} is refused`, () => {
      assert.match(read(given), complaint)
    })
})
