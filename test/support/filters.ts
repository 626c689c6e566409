import * as fc from 'fast-check'
import { escapeGlob } from '../../src/filter/glob.ts'
import { SIGNS, type Filter, type Pattern } from '../../src/filter/syntax.ts'

/** Plain objects, as the parser makes them. */
export const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true })

// Few letters, so that patterns and rows often meet.
export const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.', ':'), maxLength: 5 })

/** What is awkward in a filter's text, in JSON, in SQL or in a glob. */
export const anyText = fc.oneof(
  word,
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom(
    'AND', 'or', 'NOT', 'label.a', '-a', 'name', 'a"b', 'a\\', '(', ' ', 'a,b', '=a', "a'b", '[a]',
    '😀', 'a\0b', '', 'null', '%', "'); DROP TABLE entries; --",
  ),
) // prettier-ignore

export const pattern: fc.Arbitrary<Pattern> = fc
  .array(fc.oneof(anyText.map(escapeGlob), fc.constantFrom('*', '?', 'a', '/')), { maxLength: 4 })
  .map((pieces) => pieces.join(''))

const nowhere = { offset: 0, length: 0 }

/** A term whose values stand nowhere: messages about it can't be placed. */
export function termOf(
  key: string,
  sign: (typeof SIGNS)[number],
  values: readonly Pattern[],
): Filter {
  const places = { key: nowhere, sign: nowhere, values: values.map(() => nowhere) }
  return { op: 'term', key, sign, values, places }
}

/** Trees of any depth over these leaves. */
export function treesOf(leaf: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc.letrec<{ tree: Filter; parts: readonly Filter[] }>((tie) => ({
    parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: plain({
          op: fc.constantFrom('and' as const, 'or' as const),
          parts: tie('parts'),
        }),
      },
      { weight: 1, arbitrary: plain({ op: fc.constant('not' as const), part: tie('tree') }) },
    ),
  })).tree
}

export const wordTerm: fc.Arbitrary<Filter> = plain({
  op: fc.constant('word' as const),
  pattern: pattern.filter((text) => text !== ''),
})

const anyTerm = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('name', 'label', 'nosuch', 'since', 'AND', 'a/b', 'Zahl-ä'),
      anyText.filter((name) => name !== '').map((name) => `label.${name}`),
    ),
    fc.constantFrom(...SIGNS),
    fc.array(pattern, { minLength: 1, maxLength: 3 }),
  )
  .map(([key, sign, values]) => termOf(key, sign, values))

/** Any tree there can be, whether its fields exist or not. */
export const anyTree: fc.Arbitrary<Filter> = treesOf(fc.oneof(anyTerm, wordTerm))

const times = [
  '2026-11-22',
  '2026-11-22T09:00:00.000000001Z',
  '2h',
  'yesterday',
  '1795358966.5',
  '0',
  '9999-12-31',
]
const durations = ['10s', '2h30m', '1ms', '0', '7d']
const numbers = ['0', '1', '137', '-1', '143', '2', '999999999999999']

const sign = fc.constantFrom(':' as const, '!=' as const)
const order = fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const)

const listOf = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 1, maxLength: 3 })

/** Of some field that has an order; a range whose ends are the wrong way round becomes a comparison. */
function ordered(key: string, values: readonly string[], exact: boolean): fc.Arbitrary<Filter> {
  const value = fc.constantFrom(...values.map(escapeGlob))
  const range = fc
    .tuple(fc.nat(values.length - 1), fc.nat(values.length - 1))
    .map(([a, b]) => `${values[a]!}..${values[b]!}`)
  return fc.oneof(
    fc.tuple(order, value).map(([sign, value]) => termOf(key, sign, [value])),
    fc.tuple(sign, range).map(([sign, value]) => termOf(key, sign, [value])),
    ...(exact
      ? [fc.tuple(sign, listOf(value)).map(([sign, list]) => termOf(key, sign, list))]
      : []),
  )
}

export const numberTerm = (key: string): fc.Arbitrary<Filter> => ordered(key, numbers, true)
export const durationTerm = (key: string): fc.Arbitrary<Filter> => ordered(key, durations, false)
export const timeTerm = (key: string): fc.Arbitrary<Filter> => ordered(key, times, false)

export const wordsTerm = (key: string, words: readonly string[]): fc.Arbitrary<Filter> =>
  fc
    .tuple(sign, listOf(fc.constantFrom(...words)))
    .map(([sign, values]) => termOf(key, sign, values))

export const textTerm = (
  key: fc.Arbitrary<string>,
  values: fc.Arbitrary<Pattern>,
): fc.Arbitrary<Filter> =>
  fc.tuple(key, sign, listOf(values)).map(([key, sign, values]) => termOf(key, sign, values))
