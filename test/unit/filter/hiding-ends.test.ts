import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireFilter } from '../../../src/filter/compile.ts'
import { hidingEnds } from '../../../src/filter/hiding-ends.ts'
import { factsOf, record } from '../../support/records.ts'

const begun = {
  ...record('exec_create: date', { attributes: { name: 'web', image: 'nginx', team: 'pay' } }),
  container: factsOf('c1', { name: 'renamed' }),
}

for (const [text, hides] of [
  ['type:container', false],
  ['name:web label.team:pay', false],
  ['NOT name:db', false],
  ['label:team NOT label:auditor.ignore', false],
  ['NOT label:exitCode', true],
  ['label.exitCode:0', true],
  ['action:exec_create,exec_start,exec_die', false],
  ['action:exec*', false],
  ['action:exec_create', true],
  ['NOT action:exec_die', true],
  ['action:exec_die exit!=0 OR action:exec_create', true],
  ['exit:0 OR NOT exit:0', true], // it is not that clever
  ['type:container OR exit:0', false],
  ['name:renamed', true],
] as const) {
  test(`${text} ${hides ? 'may keep out' : 'passes'} the end of an exec`, () => {
    assert.equal(hidingEnds(requireFilter(text))(begun), hides)
  })
}
