import { isRelativeMoment, parseMoment } from '../config/moment.ts'
import { parseDuration } from '../config/units.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { asError } from '../model/errors.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import type { Check, Range } from './bound.ts'
import { compileGlob } from './glob.ts'
import type { Field } from './subject.ts'
import { failure, unescape, type Failure, type Pattern, type Place, type Sign } from './syntax.ts'

/** One value of a term, with its place in the text. */
export interface Written {
  readonly pattern: Pattern
  readonly place: Place
}

/** @param now for times such as `2h` and `yesterday`; without it they are mistakes */
export function readCheck(
  field: Field<never>,
  sign: Sign,
  written: Written,
  now: Nanoseconds | undefined,
): Check | Failure {
  switch (field.type) {
    case 'text':
      return {
        check: 'pattern',
        pattern: field.begins === true ? `${written.pattern}*` : written.pattern,
      }
    case 'enum':
      return oneOf(field.name, field.values, written)
    case 'boolean': {
      const word = unescape(written.pattern)
      if (word === 'true' || word === 'false') return { check: 'one-of', values: [word === 'true'] }
      return wrong(written, `${field.name} is true or false`)
    }
    case 'number':
    case 'time':
    case 'duration':
      return readRange(field, sign, written, now)
  }
}

function oneOf(name: string, known: readonly string[], written: Written): Check | Failure {
  const values = known.filter(compileGlob(written.pattern))
  if (values.length > 0) return { check: 'one-of', values }
  const guess = didYouMean(unescape(written.pattern), known)
  return wrong(written, `${name} is one of ${known.join(', ')}${guess}`)
}

type Ordered = Exclude<Field<never>, { readonly type: 'text' | 'enum' | 'boolean' }>

function readRange(
  field: Ordered,
  sign: Sign,
  written: Written,
  now: Nanoseconds | undefined,
): Check | Failure {
  const { pattern, place } = written
  const dots = pattern.indexOf('..')
  const isRange = dots >= 0 && (sign === ':' || sign === '!=')
  if (!isRange) {
    const value = readOne(field, written, now)
    if (typeof value === 'object') return value
    if (sign === '<' || sign === '<=')
      return { check: 'range', high: { value, included: sign === '<=' } }
    if (sign === '>' || sign === '>=')
      return { check: 'range', low: { value, included: sign === '>=' } }
    if (field.type === 'number') return { check: 'one-of', values: [value] }
    const cure = `${field.name}>=A or ${field.name}:A..B`
    return wrong(written, `a ${field.type} is hardly ever exact: ask by ${cure}`)
  }
  // Bare patterns stand in the text as they are, quoted ones one place further.
  const shift = place.offset + Math.floor((place.length - pattern.length) / 2)
  const piece = (start: number, end: number): Written => ({
    pattern: pattern.slice(start, end),
    place: { offset: shift + start, length: end - start },
  })
  const low = readOne(field, piece(0, dots), now)
  if (typeof low === 'object') return low
  const high = readOne(field, piece(dots + 2, pattern.length), now)
  if (typeof high === 'object') return high
  if (low > high) return wrong(written, 'the second end of the range is below the first')
  return {
    check: 'range',
    low: { value: low, included: true },
    high: { value: high, included: true },
  } satisfies Range
}

function readOne(
  field: Ordered,
  written: Written,
  now: Nanoseconds | undefined,
): number | bigint | Failure {
  const text = unescape(written.pattern)
  if (text === '') return wrong(written, `a ${field.type} is missing here`)
  if (field.type === 'number') return readNumber(field, text, written)
  try {
    if (field.type === 'duration') return nanosFromMillis(parseDuration(text))
    if (now !== undefined || !isRelativeMoment(text)) return parseMoment(text, now ?? 0n)
  } catch (thrown) {
    return wrong(written, asError(thrown).message)
  }
  const cure = 'write a date, or a date and time'
  return wrong(
    written,
    `this filter stands for long, and ${JSON.stringify(text)} is another time each day: ${cure}`,
  )
}

function readNumber(
  { name, words }: Extract<Ordered, { readonly type: 'number' }>,
  text: string,
  written: Written,
): number | Failure {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  const number = words?.get(text.toUpperCase())
  if (number !== undefined) return number
  const known = words === undefined ? '' : ` or a name such as ${[...words.keys()][0]}`
  return wrong(written, `${name} is a whole number${known}${didYouMean(text, words?.keys() ?? [])}`)
}

function wrong({ place }: Written, message: string): Failure {
  return failure(place.offset, place.length, message)
}
