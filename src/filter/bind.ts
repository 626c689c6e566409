import { didYouMean } from '../model/did-you-mean.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Bound, Check, Test } from './bound.ts'
import { readCheck, type Written } from './read-value.ts'
import type { Field, Subject } from './subject.ts'
import { LABEL, failure, type Failure, type Filter, type Pattern, type Term } from './syntax.ts'

/**
 * Looks the fields of a filter up in a subject and reads their values.
 *
 * @param now what relative times are relative to; without it they are mistakes
 */
export function bindFilter<Row>(
  filter: Filter,
  subject: Subject<Row>,
  now?: Nanoseconds,
): { readonly bound: Bound<Row> } | Failure {
  switch (filter.op) {
    case 'all':
      return { bound: filter }
    case 'and':
    case 'or': {
      const parts: Bound<Row>[] = []
      for (const each of filter.parts) {
        const part = bindFilter(each, subject, now)
        if ('error' in part) return part
        parts.push(part.bound)
      }
      return { bound: { op: filter.op, parts } }
    }
    case 'not': {
      const part = bindFilter(filter.part, subject, now)
      return 'error' in part ? part : { bound: { op: 'not', part: part.bound } }
    }
    case 'term':
      return bindTerm(filter, subject, now)
    case 'word':
      return { bound: wordIn(filter.pattern, subject) }
  }
}

function bindTerm<Row>(
  term: Term,
  subject: Subject<Row>,
  now: Nanoseconds | undefined,
): { readonly bound: Bound<Row> } | Failure {
  const edge = EDGES.get(term.key)
  if (edge !== undefined) return bindEdge(term, edge, subject, now)
  const field = fieldOf(term.key, subject)
  if (field === undefined) return unknownField(term, subject)
  const compares = term.sign !== ':' && term.sign !== '!='
  const hasOrder = field.type === 'number' || field.type === 'time' || field.type === 'duration'
  if (compares && !hasOrder) {
    const { offset, length } = term.places.sign
    return failure(offset, length, `${term.key} has no order: ask by : or !=`)
  }
  const second = term.places.values[1]
  if (compares && second !== undefined)
    return failure(second.offset, second.length, `one value only behind ${term.sign}`)
  const checks = new Map<Field<Row>, Check[]>()
  for (const written of writtenIn(term)) {
    const meant = (field.type === 'text' && colonIn(written) && field.withColon) || field
    const check = readCheck(meant, term.sign, written, now)
    if ('error' in check) return check
    checks.set(meant, [...(checks.get(meant) ?? []), check])
  }
  const negated = term.sign === '!='
  const tests = [...checks].map(([field, checks]): Test<Row> => ({
    op: 'test',
    field,
    checks,
    negated,
  }))
  const [first, ...more] = tests
  if (more.length === 0) return { bound: first! }
  return { bound: { op: negated ? 'and' : 'or', parts: tests } }
}

/** Fields of every subject: the two ends of the time its rows are of. */
const EDGES: ReadonlyMap<string, '>=' | '<='> = new Map([
  ['since', '>='],
  ['until', '<='],
])

function bindEdge<Row>(
  term: Term,
  sign: '>=' | '<=',
  subject: Subject<Row>,
  now: Nanoseconds | undefined,
): { readonly bound: Bound<Row> } | Failure {
  const { key, places } = term
  if (term.sign !== ':') return failure(places.sign.offset, places.sign.length, `write ${key}:TIME`)
  return bindTerm({ ...term, key: subject.moment, sign }, subject, now)
}

function writtenIn({ values, places }: Term): readonly Written[] {
  return values.map((pattern, at) => ({ pattern, place: places.values[at]! }))
}

const colonIn = ({ pattern }: Written): boolean => pattern.includes(':')

function fieldOf<Row>(key: string, subject: Subject<Row>): Field<Row> | undefined {
  const { fields, label } = subject
  if (key.startsWith(LABEL)) return label?.(key.slice(LABEL.length))
  return fields.find(({ name, aliases }) => name === key || aliases?.includes(key))
}

function unknownField<Row>({ key, places }: Term, subject: Subject<Row>): Failure {
  const known = [
    ...subject.fields.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...(subject.label === undefined ? [] : ['label.NAME']),
    ...EDGES.keys(),
  ]
  const shown = key.length > 60 ? `${key.slice(0, 60)}...` : key
  return failure(
    places.key.offset,
    places.key.length,
    `${subject.rows} have no field "${shown}"${didYouMean(key, known)} (known: ${known.join(', ')}; for a word with such a sign use double quotes)`,
  )
}

/** Shorter words are no beginnings of ids: "db" begins one container's id in 256. */
const MIN_BEGINNING = 4

function wordIn<Row>(pattern: Pattern, subject: Subject<Row>): Bound<Row> {
  const { within, begins } = subject.word
  const test = (name: string, pattern: Pattern): Test<Row> => ({
    op: 'test',
    field: fieldOf(name, subject)!,
    checks: [{ check: 'pattern', pattern }],
    negated: false,
  })
  const parts = within.map((name) => test(name, `*${pattern}*`))
  if (pattern.length >= MIN_BEGINNING)
    parts.push(...begins.map((name) => test(name, `${pattern}*`)))
  return parts.length === 1 ? parts[0]! : { op: 'or', parts }
}
