import { compileFilter, readFilter, type EntryPredicate } from '../filter/compile.ts'
import { ENTRIES } from '../filter/entries.ts'
import { sqlOf, type SqlCondition } from '../filter/sql.ts'
import type { Clock } from '../actors/clock.ts'
import { execSubject } from '../lives/exec-subject.ts'
import { predicateOf } from '../filter/predicate.ts'
import type { RunRow } from '../lives/run-row.ts'
import { renderError } from '../filter/render-error.ts'
import type { Subject } from '../filter/subject.ts'
import { unescape, type Filter, type FilterError } from '../filter/syntax.ts'
import { AuditorError } from '../model/errors.ts'
import { runSubject } from '../lives/run-subject.ts'
import type { Nanoseconds } from '../model/time.ts'

/**
 * A filter given on the command line.
 *
 * @throws AuditorError `usage` with the text and a caret under the mistake
 */
export function filterArgument(text: string, now: Nanoseconds): Filter {
  const read = readFilter(text, ENTRIES, now)
  if ('error' in read) throw wrongFilter(text, read.error)
  return read.filter
}

/** The same as a function; `undefined` for an empty one. */
export function predicateArgument(text: string, now: Nanoseconds): EntryPredicate | undefined {
  return text.trim() === '' ? undefined : compileFilter(filterArgument(text, now), now)
}

/**
 * A filter of runs given on the command line; `undefined` for an empty one.
 *
 * @throws AuditorError `usage` with the text and a caret under the mistake
 */
export function runFilter(text: string, now: Nanoseconds): SqlCondition | undefined {
  return conditionOf(text, runSubject(now), now)?.where
}

/**
 * The same of execs.
 *
 * @returns `name`: all that the filter says is this word
 */
export function execFilter(
  text: string,
  now: Nanoseconds,
): { readonly where: SqlCondition; readonly name?: string } | undefined {
  const found = conditionOf(text, execSubject(now), now)
  if (found === undefined) return undefined
  const { where, filter } = found
  return filter.op === 'word' ? { where, name: unescape(filter.pattern) } : { where }
}

function conditionOf<Row>(
  text: string,
  subject: Subject<Row>,
  now: Nanoseconds,
): { readonly where: SqlCondition; readonly filter: Filter } | undefined {
  if (text.trim() === '') return undefined
  const read = readFilter(text, subject, now)
  if ('error' in read) throw wrongFilter(text, read.error)
  return { where: sqlOf(read.bound), filter: read.filter }
}

/**
 * The same as a function, made anew for each moment, which `since:1h` and `lasted` are relative to.
 *
 * @throws AuditorError `usage` with the text and a caret under the mistake
 */
export function runPredicate(
  text: string,
  clock: Pick<Clock, 'nowNanos'>,
): () => (run: RunRow) => boolean {
  if (text.trim() === '') return () => () => true
  const make = (): ((run: RunRow) => boolean) => {
    const now = clock.nowNanos()
    const read = readFilter(text, runSubject(now), now)
    if ('error' in read) throw wrongFilter(text, read.error)
    return predicateOf(read.bound)
  }
  make()
  return make
}

/** On lines of their own: behind `auditor: ` the caret would stand under another place. */
const wrongFilter = (text: string, error: FilterError): AuditorError =>
  new AuditorError('usage', `the filter is wrong:\n${renderError(text, error)}`)
