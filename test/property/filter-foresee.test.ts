import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bindFilter } from '../../src/filter/bind.ts'
import { ENTRIES } from '../../src/filter/entries.ts'
import { foresee } from '../../src/filter/foresee.ts'
import { predicateOf } from '../../src/filter/predicate.ts'
import type { Entry } from '../../src/model/entry.ts'
import { NOW, validFilter } from '../support/filter-entries.ts'
import { numberTerm, treesOf, wordsTerm } from '../support/filters.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { record } from '../support/records.ts'

const filter = fc.oneof(
  validFilter,
  treesOf(fc.oneof(numberTerm('exit'), wordsTerm('action', ['exec_die', 'exec_create', 'die']))),
)

/** What is asked before the end came, and the end that came. */
const entry = (exitCode: string): Entry =>
  record('exec_die', {
    attributes: { name: 'web', exitCode },
  })

const comesTrue = (from: typeof foresee) =>
  fc.property(filter, fc.constantFrom('0', '1', '137'), (asked, code) => {
    const found = bindFilter(asked, ENTRIES, NOW)
    fc.pre('bound' in found)
    const foreseen = from(found.bound, new Set(['exit', 'label.exitCode']))(entry(''))
    const came = predicateOf(found.bound)(entry(code))
    assert.ok(foreseen === undefined || foreseen === came)
  })

test('what is foreseen of a filter comes true, whatever the exit code will be', () => {
  fc.assert(comesTrue(foresee), runs(500))
})

test('it finds the planted bugs', async () => {
  await assertCaught(comesTrue((bound) => predicateOf(bound)))
  await assertCaught(
    comesTrue((bound, unknown) => {
      const real = foresee(bound, unknown)
      return (row) => real(row) ?? false
    }),
  )
})
