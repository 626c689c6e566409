import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireFilter } from '../../../src/filter/compile.ts'
import { dependsOnEvent } from '../../../src/filter/depends.ts'

for (const [text, depends] of [
  ['', false],
  ['name:web* OR image:"acme/*"', false],
  ['label.team:pay web -project:ci', false],
  ['type:container', false],
  ['action:die', true],
  ['name:web AND NOT (type:network OR exit:0)', true],
] as const) {
  test(`${text || 'everything'}: ${depends ? 'tells events of one container apart' : 'is of containers'}`, () => {
    assert.equal(dependsOnEvent(requireFilter(text)), depends)
  })
}
