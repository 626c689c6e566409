import { gluedAt, readList, readQuoted } from './value-text.ts'
import {
  LABEL,
  SIGNS,
  failure,
  unescape,
  type Failure,
  type Filter,
  type Place,
  type Sign,
} from './syntax.ts'

/** A piece of a filter text with its place. A term is a leaf of the tree. */
export type Token = Place &
  (
    | { readonly token: '(' | ')' | 'and' | 'or' | 'not' | 'end' }
    | { readonly token: 'term'; readonly filter: Filter }
  )

type Read = Token | Failure

const BLANK = /\s*/y
/** What may stand without quotes; a backslash frees the next character. */
const KEY = /(?:\\.|[\p{L}\p{N}_./*?@+#%$^-])+/uy
const SIGN = /==|!=|[<>]=?|[:=]/y
/** What a field may be named: whether there is one is for the subject to say. */
const FIELD = /^[\p{L}\p{N}_./@+#%$^-]+$/u
const OPERATORS: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
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
  const bare = matchAt(KEY, text, offset)
  if (bare === undefined) return readQuotedWord(text, offset)
  const end = offset + bare.length
  const sign = matchAt(SIGN, text, end)
  if (sign !== undefined) return readTerm(text, { offset, length: bare.length }, bare, sign)
  if (text[end] === '"' && bare === LABEL) return readQuotedLabel(text, offset, end)
  const operator = OPERATORS.get(bare)
  if (operator !== undefined && text[end] !== '"')
    return { token: operator, offset, length: bare.length }
  return readWord(text, offset, bare)
}

function readQuotedWord(text: string, offset: number): Read {
  const sign = matchAt(SIGN, text, offset)
  if (sign !== undefined) return failure(offset, sign.length, `a field is missing before "${sign}"`)
  const word = readQuoted(text, offset)
  if ('error' in word) return word
  const wrong = gluedAt(text, word.end)
  if (wrong !== undefined) return wrong
  if (word.pattern === '') return failure(offset, 2, 'empty quotes say nothing')
  const filter = { op: 'word', pattern: word.pattern } as const
  return { token: 'term', offset, length: word.end - offset, filter }
}

function readWord(text: string, offset: number, bare: string): Read {
  const wrong = gluedAt(text, offset + bare.length)
  if (wrong !== undefined) return wrong
  if (/^(?:and|or|not)$/i.test(bare))
    return failure(
      offset,
      bare.length,
      `operators are written in capitals: ${bare.toUpperCase()} (or "${bare}" in quotes for the word)`,
    )
  if (bare.startsWith(LABEL))
    return failure(
      offset,
      bare.length,
      `a value is missing: ${bare}:VALUE, or label:${bare.slice(LABEL.length)} for any value`,
    )
  return { token: 'term', offset, length: bare.length, filter: { op: 'word', pattern: bare } }
}

/** `label."a name with blanks":value` */
function readQuotedLabel(text: string, offset: number, quoteAt: number): Read {
  const name = readQuoted(text, quoteAt)
  if ('error' in name) return name
  if (name.pattern === '') return failure(quoteAt, 2, 'the name of the label is missing')
  const sign = matchAt(SIGN, text, name.end)
  if (sign === undefined)
    return failure(name.end, 0, 'expected ":" and a value after the name of the label')
  return withValues(
    text,
    { offset, length: name.end - offset },
    LABEL + unescape(name.pattern),
    sign,
  )
}

function readTerm(text: string, place: Place, bare: string, sign: string): Read {
  if (bare.startsWith(LABEL)) {
    const name = bare.slice(LABEL.length)
    if (name === '')
      return failure(place.offset + LABEL.length, 0, 'the name of the label is missing')
    if (!/^(?:[^\\*?]|\\.)*$/.test(name)) {
      const cure = "a label's name is no pattern here; label:PATTERN asks for names, \\* is a star"
      return failure(place.offset, place.length, cure)
    }
    return withValues(text, place, LABEL + unescape(name), sign)
  }
  if (!FIELD.test(bare)) {
    const cure = 'the name of a field has no such signs; put the text in double quotes for a word'
    return failure(place.offset, place.length, cure)
  }
  return withValues(text, place, bare, sign)
}

function withValues(text: string, key: Place, name: string, written: string): Read {
  const at = key.offset + key.length
  if (written === '==') return failure(at, 2, 'write : or = once')
  const list = readList(text, at + written.length)
  if ('error' in list) return list
  const sign = SIGNS.find((each): each is Sign => each === written) ?? ':'
  const places = { key, sign: { offset: at, length: written.length }, values: list.places }
  const filter = { op: 'term', key: name, sign, values: list.values, places } as const
  const [first = '', ...more] = list.values
  if (name === 'label' && more.length === 0 && text[at + written.length] !== '"') {
    const equals = first.search(/[=:]/)
    const cure = `label.${first.slice(0, equals)}:${first.slice(equals + 1)}`
    if (equals >= 0)
      return failure(key.offset, list.end - key.offset, `a label's value is asked for by ${cure}`)
  }
  return { token: 'term', offset: key.offset, length: list.end - key.offset, filter }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
