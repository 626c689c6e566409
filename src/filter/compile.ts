import type { Entry } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import { bindFilter } from './bind.ts'
import type { Bound } from './bound.ts'
import { ENTRIES } from './entries.ts'
import { parseFilter } from './parse.ts'
import { predicateOf } from './predicate.ts'
import { printFilter } from './print.ts'
import { renderError } from './render-error.ts'
import type { Subject } from './subject.ts'
import type { Failure, Filter } from './syntax.ts'

export type EntryPredicate = (entry: Entry) => boolean

/** The filter a text says, with its meaning for the rows of a subject; or what is wrong with it. */
export function readFilter<Row>(
  text: string,
  subject: Subject<Row>,
  now?: Nanoseconds,
): { readonly filter: Filter; readonly bound: Bound<Row> } | Failure {
  const parsed = parseFilter(text)
  if ('error' in parsed) return parsed
  const found = bindFilter(parsed.filter, subject, now)
  return 'error' in found ? found : { filter: parsed.filter, bound: found.bound }
}

/**
 * A filter of entries, for where it must be right.
 *
 * @param now nanoseconds since the epoch, what `2h` and `yesterday` are relative to. Without it such
 *   times are mistakes: a filter that stands for long would mean another time each day.
 * @throws AuditorError `usage`, with the text and a caret under what is wrong
 */
export function requireFilter(text: string, now?: Nanoseconds): Filter {
  const read = readFilter(text, ENTRIES, now)
  if ('filter' in read) return read.filter
  throw new AuditorError('usage', `the filter is wrong:\n${renderError(text, read.error)}`)
}

/**
 * The filter as a function, made once and asked per entry. What an entry does not have is in no term
 * (a gap has no name), and so `NOT name:x` is true of it.
 *
 * @param now as `requireFilter`
 * @throws AuditorError `usage` where entries have no such field or the value is wrong
 */
export function compileFilter(filter: Filter, now?: Nanoseconds): EntryPredicate {
  const found = bindFilter(filter, ENTRIES, now)
  if ('bound' in found) return predicateOf(found.bound)
  throw new AuditorError(
    'usage',
    `the filter ${printFilter(filter)} is wrong: ${found.error.message}`,
  )
}

/**
 * The rule where a filter decides what is kept or sent: gaps and markers always pass, because a
 * trail that was narrowed still has to say what it doesn't know.
 */
export function compileRecordFilter(filter: Filter): EntryPredicate {
  const predicate = compileFilter(filter)
  return (entry) => entry.kind !== 'record' || predicate(entry)
}
