import { didYouMean } from '../model/did-you-mean.ts'
import {
  ALIASES,
  FIELDS,
  KEYS,
  KINDS,
  type Field,
  type Filter,
  type FilterError,
  type Kind,
  type Pattern,
} from './syntax.ts'

/** A piece of a filter text with its place. A term is a leaf of the tree. */
export type Token = { readonly offset: number; readonly length: number } & (
  | { readonly token: '(' | ')' | 'and' | 'or' | 'not' | 'end' }
  | { readonly token: 'term'; readonly filter: Filter }
)

type Read = Token | { readonly error: FilterError }

const BLANK = /\s*/y
/** What may stand without quotes; a backslash frees the next character. */
const KEY = /(?:\\.|[\p{L}\p{N}_./*?@+#%$^-])+/uy
const VALUE = /(?:\\.|[\p{L}\p{N}_./*?@+#%$^:=-])+/uy
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y
const OPERATORS: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
])

/** Hints for what people bring from other languages. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["'", 'use double quotes'],
  ['&', 'write AND, or put the text in double quotes'],
  ['|', 'write OR, or put the text in double quotes'],
  ['!', 'write NOT, or put the text in double quotes'],
  [',', 'write name:a OR name:b, or put the text in double quotes'],
  ['~', 'there are no regular expressions: use * and ?'],
  ['[', 'only * and ? have a meaning in patterns; put other signs in double quotes'],
  ['{', 'only * and ? have a meaning in patterns; put other signs in double quotes'],
])

/** The token at or after `from`; at the end of the text always `end`. */
export function readToken(text: string, from: number): Read {
  BLANK.lastIndex = from
  BLANK.exec(text)
  const offset = BLANK.lastIndex
  const char = text[offset]
  if (char === undefined) return { token: 'end', offset, length: 0 }
  if (char === '(' || char === ')') return { token: char, offset, length: 1 }
  if (char === '-') return { token: 'not', offset, length: 1 }
  const bare = matchAt(KEY, text, offset)?.[0]
  const next = text[offset + (bare?.length ?? 0)]
  if (bare !== undefined && next !== ':' && next !== '=' && next !== '"') {
    const operator = OPERATORS.get(bare)
    if (operator !== undefined) return { token: operator, offset, length: bare.length }
  }
  return readTerm(text, offset, bare)
}

function readTerm(text: string, offset: number, bare: string | undefined): Read {
  if (bare === undefined) {
    const next = text[offset]!
    if (next === ':' || next === '=') return failure(offset, 1, `a key is missing before "${next}"`)
    const value = readQuoted(text, offset)
    if ('error' in value) return value
    if (value.pattern === '') return failure(offset, 2, 'empty quotes say nothing')
    return term(offset, value, { op: 'word', pattern: value.pattern })
  }
  const after = offset + bare.length
  const next = text[after]
  if (next === '"' && bare === 'label.') return readQuotedLabel(text, offset, after)
  if (next !== ':' && next !== '=') return readWord(text, offset, bare)
  const value = readValue(text, after + 1)
  if ('error' in value) return value
  return keyed(offset, bare, value)
}

/** `label."a name with blanks":value` */
function readQuotedLabel(text: string, offset: number, quoteAt: number): Read {
  const name = readQuoted(text, quoteAt, true)
  if ('error' in name) return name
  const sign = text[name.end]
  if (sign !== ':' && sign !== '=')
    return failure(name.end, 0, 'expected ":" and a value after the name of the label')
  const value = readValue(text, name.end + 1)
  if ('error' in value) return value
  return label(offset, quoteAt, unescape(name.pattern), value)
}

function readWord(text: string, offset: number, bare: string): Read {
  const end = offset + bare.length
  const wrong = gluedAt(text, end)
  if (wrong !== undefined) return wrong
  if (/^(?:and|or|not)$/i.test(bare))
    return failure(
      offset,
      bare.length,
      `operators are written in capitals: ${bare.toUpperCase()} (or "${bare}" in quotes for the word)`,
    )
  if (bare.startsWith('label.'))
    return failure(
      offset,
      bare.length,
      `a value is missing: ${bare}:VALUE, or label:${bare.slice(6)} for any value`,
    )
  return term(offset, { pattern: bare, end, quoted: false }, { op: 'word', pattern: bare })
}

function keyed(offset: number, key: string, value: Value): Read {
  const { pattern } = value
  const field = ALIASES.get(key) ?? FIELDS.find((field): field is Field => field === key)
  if (field !== undefined) return term(offset, value, { op: 'field', field, pattern })
  const valueAt = value.end - (value.quoted ? pattern.length + 2 : pattern.length)
  if (key === 'kind') {
    const kind = KINDS.find((kind): kind is Kind => kind === pattern)
    if (kind !== undefined) return term(offset, value, { op: 'kind', kind })
    const message = `a kind is one of ${KINDS.join(', ')}${didYouMean(pattern, KINDS)}`
    return failure(valueAt, value.end - valueAt, message)
  }
  if (key === 'label') {
    const equals = value.quoted ? -1 : pattern.search(/[=:]/)
    if (equals < 0) return term(offset, value, { op: 'has-label', pattern })
    const cure = `label.${pattern.slice(0, equals)}:${pattern.slice(equals + 1)}`
    return failure(offset, value.end - offset, `a label's value is asked for by ${cure}`)
  }
  if (key.startsWith('label.')) return bareLabel(offset, key.slice(6), value)
  const known = `(known: ${KEYS.join(', ')})`
  const message = `unknown key "${key}"${didYouMean(key, KEYS)} ${known}`
  return failure(offset, key.length, message)
}

function bareLabel(offset: number, name: string, value: Value): Read {
  if (!/^(?:[^\\*?]|\\.)*$/.test(name))
    return failure(
      offset,
      6 + name.length,
      "a label's name is no pattern here; label:PATTERN asks for names, \\* is a star",
    )
  return label(offset, offset + 6, unescape(name), value)
}

function label(offset: number, nameAt: number, name: string, value: Value): Read {
  if (name === '') return failure(nameAt, 0, 'the name of the label is missing')
  return term(offset, value, { op: 'label', name, pattern: value.pattern })
}

interface Value {
  readonly pattern: Pattern
  readonly end: number
  readonly quoted: boolean
}

function readValue(text: string, at: number): Value | { readonly error: FilterError } {
  if (text[at] === '"') return readQuoted(text, at)
  const pattern = matchAt(VALUE, text, at)?.[0]
  const end = at + (pattern?.length ?? 0)
  const wrong = gluedAt(text, end)
  if (wrong !== undefined) return wrong
  if (pattern === undefined)
    return failure(at, 0, 'a value is missing ("" in quotes stands for the empty text)')
  return { pattern, end, quoted: false }
}

function readQuoted(
  text: string,
  at: number,
  isName = false,
): Value | { readonly error: FilterError } {
  if (text[at] !== '"') return unexpected(text, at)
  const match = matchAt(QUOTED, text, at)
  if (match === undefined) return failure(at, 1, 'this quote is never closed')
  const end = at + match[0].length
  const wrong = isName ? undefined : gluedAt(text, end)
  return wrong ?? { pattern: match[1]!, end, quoted: true }
}

/** After a term there must be a blank, a parenthesis or the end. */
function gluedAt(text: string, at: number): { readonly error: FilterError } | undefined {
  const next = text[at]
  return next === undefined || /[\s()]/.test(next) ? undefined : unexpected(text, at)
}

function unexpected(text: string, at: number): { readonly error: FilterError } {
  const char = String.fromCodePoint(text.codePointAt(at)!)
  if (char === '"') return failure(at, 1, 'a blank is missing before this quote')
  if (char === '\\') return failure(at, 1, 'nothing follows this backslash')
  if (char === '<' || char === '>')
    return failure(at, 1, 'there are no comparisons: use key:value, or double quotes for the sign')
  const hint = HINTS.get(char) ?? 'put the text in double quotes'
  return failure(at, char.length, `unexpected ${JSON.stringify(char)}: ${hint}`)
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function unescape(text: string): string {
  return text.replaceAll(/\\([^])/g, '$1')
}

function term(offset: number, { end }: Value, filter: Filter): Token {
  return { token: 'term', offset, length: end - offset, filter }
}

function failure(offset: number, length: number, message: string): { readonly error: FilterError } {
  return { error: { offset, length, message } }
}
