import { failure, type Failure, type Pattern, type Place } from './syntax.ts'

/** Values as they are written: bare or in quotes, several of them with commas between. */

const VALUE = /(?:\\.|[\p{L}\p{N}_./*?@+#%$^:=-])+/uy
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y

/** Hints for what people bring from other languages. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["'", 'use double quotes'],
  ['&', 'write AND, or put the text in double quotes'],
  ['|', 'write OR, or put the text in double quotes'],
  [
    '!',
    'write NOT before a term or != between a field and its value, or put the text in double quotes',
  ],
  [',', 'values are listed behind a field: name:a,b'],
  ['~', 'there are no regular expressions: use * and ?'],
  ['<', 'a comparison stands between a field and its value: exit>=128'],
  ['>', 'a comparison stands between a field and its value: exit>=128'],
  ['[', 'only * and ? have a meaning in patterns; put other signs in double quotes'],
  ['{', 'only * and ? have a meaning in patterns; put other signs in double quotes'],
])

interface List {
  readonly values: readonly Pattern[]
  readonly places: readonly Place[]
  readonly end: number
}

/** `a,"b c",d` up to what can't belong to a term. */
export function readList(text: string, from: number): List | Failure {
  const values: Pattern[] = []
  const places: Place[] = []
  for (let at = from; ; at += 1) {
    const value = readValue(text, at)
    if ('error' in value) return value
    values.push(value.pattern)
    places.push({ offset: at, length: value.end - at })
    at = value.end
    if (text[at] !== ',') return gluedAt(text, at) ?? { values, places, end: at }
  }
}

interface Value {
  readonly pattern: Pattern
  readonly end: number
}

function readValue(text: string, at: number): Value | Failure {
  if (text[at] === '"') return readQuoted(text, at)
  VALUE.lastIndex = at
  const pattern = VALUE.exec(text)?.[0]
  if (pattern !== undefined) return { pattern, end: at + pattern.length }
  const missing = failure(at, 0, 'a value is missing ("" in quotes stands for the empty text)')
  return text[at] === ',' ? missing : (gluedAt(text, at) ?? missing)
}

export function readQuoted(text: string, at: number): Value | Failure {
  if (text[at] !== '"') return unexpected(text, at)
  QUOTED.lastIndex = at
  const match = QUOTED.exec(text)
  if (match === null) return failure(at, 1, 'this quote is never closed')
  return { pattern: match[1]!, end: at + match[0].length }
}

/** After a term there must be a blank, a parenthesis or the end. */
export function gluedAt(text: string, at: number): Failure | undefined {
  const next = text[at]
  return next === undefined || /[\s()]/.test(next) ? undefined : unexpected(text, at)
}

function unexpected(text: string, at: number): Failure {
  const char = String.fromCodePoint(text.codePointAt(at)!)
  if (char === '"') return failure(at, 1, 'a blank is missing before this quote')
  if (char === '\\') return failure(at, 1, 'nothing follows this backslash')
  const hint = HINTS.get(char) ?? 'put the text in double quotes'
  return failure(at, char.length, `unexpected ${JSON.stringify(char)}: ${hint}`)
}
