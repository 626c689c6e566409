import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hasReference, interpolate } from '../../../src/config/interpolate.ts'
import { runs } from '../../support/property.ts'

const environment = { A: 'a', EMPTY: '', NESTED: '${A}', DOLLAR: '$$' }

test('variables, defaults, requirements and dollars', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x${A}y${A}', 'xaya'],
    ['${EMPTY}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${NOPE:-}', ''],
    ['${NOPE:-a:b-c ?}', 'a:b-c ?'],
    ['${A:?needed}', 'a'],
    ['$${A}', '${A}'],
    ['$$$${A}', '$${A}'],
    ['$A costs $5 and ends with $', '$A costs $5 and ends with $'],
    ['${NESTED}${DOLLAR}', '${A}$$'],
  ]
  for (const [text, expected] of cases) assert.equal(interpolate(text, environment), expected, text)
})

test('what is wrong is named', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['${NOPE}', /the variable NOPE is not set/],
    ['${toString}', /the variable toString is not set/],
    ['${EMPTY:?ask the admin}', /the variable EMPTY is not set: ask the admin/],
    ['${A', /never closed/],
    ['${}', /expected \$\{VAR\}/],
    ['${A-x}', /expected \$\{VAR\}/],
  ]
  for (const [text, why] of cases) assert.throws(() => interpolate(text, environment), why, text)
})

test('doubling each dollar makes any text stand for itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-') }), (text) => {
      assert.equal(interpolate(text.replaceAll('$', '$$$$'), environment), text)
      if (!hasReference(text)) assert.equal(interpolate(text, environment), text)
    }),
    runs(500),
  )
})
