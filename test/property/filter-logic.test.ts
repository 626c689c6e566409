import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  compileFilter,
  compileRecordFilter,
  type EntryPredicate,
} from '../../src/filter/compile.ts'
import type { Filter } from '../../src/filter/syntax.ts'
import { NOW, entryFilter, entryToAsk, validFilter } from '../support/filter-entries.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type Compile = (filter: Filter) => EntryPredicate
const compile: Compile = (filter) => compileFilter(filter, NOW)

const predicateLaws = (compile: Compile) =>
  fc.property(validFilter, validFilter, entryToAsk, (a, b, entry) => {
    const is = (filter: Filter): boolean => compile(filter)(entry)
    const not = (part: Filter): Filter => ({ op: 'not', part })
    const and = (...parts: Filter[]): Filter => ({ op: 'and', parts })
    const or = (...parts: Filter[]): Filter => ({ op: 'or', parts })
    assert.equal(is(not(a)), !is(a))
    assert.equal(is(not(not(a))), is(a))
    assert.equal(is(and(a, b)), is(a) && is(b))
    assert.equal(is(or(a, b)), is(a) || is(b))
    assert.equal(is(and(a, b)), is(and(b, a)))
    assert.equal(is(or(a, b)), is(or(b, a)))
    assert.equal(is(not(and(a, b))), is(or(not(a), not(b))))
    assert.equal(is({ op: 'all' }), true)
    if (a.op !== 'term') return
    // A term and its opposite are both false of what is missing, and never both true.
    if (a.key !== 'since' && a.key !== 'until' && (a.sign === ':' || a.sign === '!=')) {
      const opposite = { ...a, sign: a.sign === ':' ? '!=' : ':' } as const
      assert.equal(is(a) && is(opposite), false)
    }
    const isAboutAll = ['kind', 'time', 'engine', 'since', 'until', 'cause', 'certainty', 'marker']
    if ((entry.kind === 'gap' || entry.kind === 'marker') && !isAboutAll.includes(a.key))
      assert.equal(is(a), false)
  })

test('NOT, AND and OR keep the laws of logic, whatever is missing', () => {
  fc.assert(predicateLaws(compile), runs(300))
})

test('the laws find planted bugs', async () => {
  const firstPartOnly: Compile = (filter) =>
    filter.op === 'and' ? compile(filter.parts[0]!) : compile(filter)
  const notIsBlindToGaps: Compile = (filter) => {
    const predicate = compile(filter)
    return filter.op === 'not' ? (entry) => entry.kind === 'record' && predicate(entry) : predicate
  }
  const gapsPassFields: Compile = (filter) => {
    const predicate = compile(filter)
    return filter.op === 'term' ? (entry) => entry.kind !== 'record' || predicate(entry) : predicate
  }
  const unlikeWhatIsMissing: Compile = (filter) => {
    if (filter.op !== 'term' || filter.sign !== '!=') return compile(filter)
    const alike = compile({ ...filter, sign: ':' })
    return (entry) => !alike(entry)
  }
  for (const planted of [firstPartOnly, notIsBlindToGaps, gapsPassFields, unlikeWhatIsMissing])
    await assertCaught(predicateLaws(planted), 2000)
})

test('what narrows a trail never takes its gaps and markers away', () => {
  fc.assert(
    fc.property(entryFilter, entryToAsk, (filter, entry) => {
      let accepts: EntryPredicate
      try {
        accepts = compileRecordFilter(filter)
      } catch {
        return // wrong, or of relative times: it may not stand for long
      }
      const expected = entry.kind === 'record' ? compileFilter(filter)(entry) : true
      assert.equal(accepts(entry), expected)
    }),
    runs(100),
  )
})
