import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileFilter, compileRecordFilter } from '../../src/filter/compile.ts'
import { compileGlob, escapeGlob } from '../../src/filter/glob.ts'
import { parseFilter } from '../../src/filter/parse.ts'
import { printFilter } from '../../src/filter/print.ts'
import { renderError } from '../../src/filter/render-error.ts'
import { FIELDS, KINDS, type Filter } from '../../src/filter/syntax.ts'
import { gapOf, markerOf, recordOf } from '../../src/model/entry-factory.ts'
import type { Entry } from '../../src/model/entry.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** Plain objects, as the parser makes them. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

// Few letters, so that patterns and entries often meet.
const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.', ':'), maxLength: 5 })
const anyText = fc.oneof(
  word,
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('AND', 'or', 'NOT', 'label.a', '-a', 'name', 'a"b', 'a\\', '(', ' '),
)
const pattern = fc
  .array(fc.oneof(anyText.map(escapeGlob), fc.constantFrom('*', '?', 'a', '/')), { maxLength: 4 })
  .map((pieces) => pieces.join(''))
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  plain({ op: fc.constant('field' as const), field: fc.constantFrom(...FIELDS), pattern }),
  plain({
    op: fc.constant('label' as const),
    name: anyText.filter((name) => name !== ''),
    pattern,
  }),
  plain({ op: fc.constant('has-label' as const), pattern }),
  plain({ op: fc.constant('kind' as const), kind: fc.constantFrom(...KINDS) }),
  plain({ op: fc.constant('word' as const), pattern: pattern.filter((text) => text !== '') }),
)
const { tree } = fc.letrec<{ tree: Filter; parts: readonly Filter[] }>((tie) => ({
  parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    plain({ op: fc.constantFrom('and' as const, 'or' as const), parts: tie('parts') }),
    plain({ op: fc.constant('not' as const), part: tie('tree') }),
  ),
}))

const engine = { id: 'e', name: 'host', version: '28', apiVersion: '1.52' }
const entry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ type: word, action: word, actorId: word, name: word, image: word, a: word })
      .map(({ type, action, actorId, ...attributes }) =>
        recordOf(engine, { type, action, actorId, attributes, time: 1n, line: '{}' }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(gapOf({ from: 0n, to: 1n, cause: 'reconnect', certainty: 'possible' })),
  },
  { weight: 1, arbitrary: fc.constant(markerOf({ time: 1n, marker: 'agent-started', data: {} })) },
)

const printThenParse = (print: typeof printFilter, parse = parseFilter) =>
  fc.property(tree, (filter) => assert.deepEqual(parse(print(filter)), { filter }))

test('a printed filter is read back as the same tree', () => {
  fc.assert(printThenParse(printFilter), runs(100))
})

test('print-then-parse finds planted bugs', async () => {
  const withoutParentheses = (filter: Filter): string => printFilter(filter).replaceAll(/[()]/g, '')
  const withoutQuotes = (filter: Filter): string => printFilter(filter).replaceAll('"', '')
  const looseNot = (filter: Filter): string =>
    filter.op === 'not'
      ? printFilter(filter).replace(/^NOT \((.*)\)$/, 'NOT $1')
      : printFilter(filter)
  for (const print of [withoutParentheses, withoutQuotes, looseNot])
    await assertCaught(printThenParse(print))
  await assertCaught(
    printThenParse(printFilter, (text) => parseFilter(text.replaceAll(' OR ', ' AND '))),
  )
})

/** Pieces of filters in any order: more of them are nearly right than of random texts. */
const nearlyFilter = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '(',
        ')',
        '"',
        'AND',
        ' OR ',
        ' NOT ',
        ' ',
        '-',
        ':',
        '=',
        'label.',
        'name',
        '\\',
      ),
      anyText,
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))

const anyTextIsAnswered = (parse: typeof parseFilter) =>
  fc.property(fc.oneof(nearlyFilter, fc.string({ unit: 'binary' })), (text) => {
    const parsed = parse(text)
    if ('filter' in parsed) {
      assert.deepEqual(parse(printFilter(parsed.filter)), parsed)
      return
    }
    const { offset, length, message } = parsed.error
    assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length)
    assert.notEqual(message, '')
    const [shown = '', carets = '', ...more] = renderError(text, parsed.error).split('\n')
    assert.deepEqual(more, [])
    assert.equal(/\p{Cc}/u.test(shown), false)
    assert.ok(carets.includes('^'))
  })

test('any text is a filter, or an error placed within the text', () => {
  fc.assert(anyTextIsAnswered(parseFilter), runs(1000))
})

test('the answer to any text finds planted bugs', async () => {
  const throwsOnQuotes: typeof parseFilter = (text) => {
    if (/"[^"]*$/.test(text)) throw new SyntaxError('open quote')
    return parseFilter(text)
  }
  const countsFromOne: typeof parseFilter = (text) => {
    const parsed = parseFilter(text)
    if ('filter' in parsed) return parsed
    return { error: { ...parsed.error, offset: parsed.error.offset + 1 } }
  }
  const forgetsTheRest: typeof parseFilter = (text) =>
    parseFilter(text.replace(/^(\S+) (\S+)$/, '$1'))
  const alwaysNegates: typeof parseFilter = (text) => {
    const parsed = parseFilter(text)
    return 'filter' in parsed ? { filter: { op: 'not', part: parsed.filter } } : parsed
  }
  for (const parse of [throwsOnQuotes, countsFromOne, forgetsTheRest, alwaysNegates])
    await assertCaught(anyTextIsAnswered(parse), 3000)
})

type Compile = typeof compileFilter

const predicateLaws = (compile: Compile) =>
  fc.property(tree, tree, entry, (a, b, entry) => {
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
    if (entry.kind !== 'record' && (a.op === 'field' || a.op === 'word')) assert.equal(is(a), false)
  })

test('NOT, AND and OR keep the laws of logic', () => {
  fc.assert(predicateLaws(compileFilter), runs(300))
})

test('the laws find planted bugs', async () => {
  const firstPartOnly: Compile = (filter) =>
    filter.op === 'and' ? compileFilter(filter.parts[0]!) : compileFilter(filter)
  const notIsBlindToGaps: Compile = (filter) => {
    const predicate = compileFilter(filter)
    return filter.op === 'not' ? (entry) => entry.kind === 'record' && predicate(entry) : predicate
  }
  const gapsPassFields: Compile = (filter) => {
    const predicate = compileFilter(filter)
    return filter.op === 'field'
      ? (entry) => entry.kind !== 'record' || predicate(entry)
      : predicate
  }
  for (const compile of [firstPartOnly, notIsBlindToGaps, gapsPassFields])
    await assertCaught(predicateLaws(compile), 2000)
})

test('what narrows a trail never takes its gaps and markers away', () => {
  fc.assert(
    fc.property(tree, entry, (filter, entry) => {
      const expected = entry.kind === 'record' ? compileFilter(filter)(entry) : true
      assert.equal(compileRecordFilter(filter)(entry), expected)
    }),
    runs(100),
  )
})

/** What a pattern means, said slowly: each way to spend the star is tried. */
function meaning(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] === '*')
    return meaning(pattern.slice(1), text) || (text !== '' && meaning(pattern, text.slice(1)))
  if (text === '') return false
  if (pattern[0] === '?') return meaning(pattern.slice(1), text.slice(1))
  const escaped = pattern[0] === '\\' && pattern.length > 1
  return (
    text[0] === pattern[escaped ? 1 : 0] && meaning(pattern.slice(escaped ? 2 : 1), text.slice(1))
  )
}

const globsMeanWhatTheySay = (compile: typeof compileGlob) =>
  fc.property(
    fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?', '\\'), maxLength: 6 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '\\'), maxLength: 6 }),
    (pattern, text) => {
      fc.pre(!/(?:^|[^\\])(?:\\\\)*\\$/.test(pattern))
      assert.equal(compile(pattern)(text), meaning(pattern, text))
      assert.equal(compile(escapeGlob(text))(text), true)
    },
  )

test('globs mean what they say', () => {
  fc.assert(globsMeanWhatTheySay(compileGlob), runs(2000))
})

test('the meaning of globs finds planted bugs', async () => {
  const starStopsAtSlash = (pattern: string) => (text: string) =>
    compileGlob(pattern)(text) && !(pattern.includes('*') && text.includes('/'))
  const escapesIgnored = (pattern: string) => compileGlob(pattern.replaceAll('\\', ''))
  const unanchored = (pattern: string) => compileGlob(`${pattern}*`)
  for (const compile of [starStopsAtSlash, escapesIgnored, unanchored])
    await assertCaught(globsMeanWhatTheySay(compile), 2000)
})
