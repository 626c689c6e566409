import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bindFilter } from '../../src/filter/bind.ts'
import { ENTRIES } from '../../src/filter/entries.ts'
import { compileGlob, escapeGlob } from '../../src/filter/glob.ts'
import { parseFilter } from '../../src/filter/parse.ts'
import { printFilter } from '../../src/filter/print.ts'
import { renderError } from '../../src/filter/render-error.ts'
import type { Filter, FilterError } from '../../src/filter/syntax.ts'
import { anyText, anyTree } from '../support/filters.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** The same text can stand in other places. */
const shapeOf = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'places' ? undefined : inner)))

const printThenParse = (print: typeof printFilter, parse = parseFilter) =>
  fc.property(anyTree, (filter) =>
    assert.deepEqual(shapeOf(parse(print(filter))), shapeOf({ filter })),
  )

test('a printed filter is read back as the same tree', () => {
  fc.assert(printThenParse(printFilter), runs(300))
})

test('print-then-parse finds planted bugs', async () => {
  const withoutParentheses = (filter: Filter): string => printFilter(filter).replaceAll(/[()]/g, '')
  const withoutQuotes = (filter: Filter): string => printFilter(filter).replaceAll('"', '')
  const looseNot = (filter: Filter): string =>
    filter.op === 'not'
      ? printFilter(filter).replace(/^NOT \((.*)\)$/, 'NOT $1')
      : printFilter(filter)
  const inclusive = (filter: Filter): string =>
    printFilter(filter).replaceAll(/([<>])(?!=)/g, '$1=')
  const firstOfList = (filter: Filter): string => printFilter(filter).replace(/,.*/s, '')
  for (const print of [withoutParentheses, withoutQuotes, looseNot, inclusive, firstOfList])
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
        '(', ')', '"', 'AND', ' OR ', ' NOT ', ' ', '-', ':', '=', 'label.', 'name', '\\', ',', '>',
        '<=', '!=', '..', 'exit', 'exit>', 'time', 'since:', '2h', '2026-11-22', 'signal:', 'kind:',
      ),
      anyText,
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join('')) // prettier-ignore

function checkError(text: string, { offset, length, message }: FilterError): void {
  assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length)
  assert.notEqual(message, '')
  const [shown = '', carets = '', ...more] = renderError(text, { offset, length, message }).split(
    '\n',
  )
  assert.deepEqual(more, [])
  assert.equal(/[\p{Cc}\p{Cf}]/u.test(shown + carets), false)
  assert.ok(carets.includes('^'))
}

const anyTextIsAnswered = (parse: typeof parseFilter, bind: typeof bindFilter = bindFilter) =>
  fc.property(fc.oneof(nearlyFilter, fc.string({ unit: 'binary' })), (text) => {
    const parsed = parse(text)
    if ('error' in parsed) {
      checkError(text, parsed.error)
      return
    }
    assert.deepEqual(shapeOf(parse(printFilter(parsed.filter))), shapeOf(parsed))
    for (const now of [undefined, 1_795_358_966_636_471_773n]) {
      const found = bind(parsed.filter, ENTRIES, now)
      if ('error' in found) checkError(text, found.error)
    }
  })

test('any text is a filter, or an error placed within the text', () => {
  fc.assert(anyTextIsAnswered(parseFilter), runs(2000))
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
  const blamesBehind: typeof bindFilter = (...args) => {
    const found = bindFilter(...args)
    if ('bound' in found) return found
    return { error: { ...found.error, length: found.error.length + 3 } }
  }
  await assertCaught(anyTextIsAnswered(parseFilter, blamesBehind), 3000)
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
