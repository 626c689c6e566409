import { bindFilter } from '../filter/bind.ts'
import { compileFilter } from '../filter/compile.ts'
import { ENTRIES } from '../filter/entries.ts'
import type { Filter } from '../filter/syntax.ts'
import type { EntryRange, JournalView, OnLooked } from '../journal/journal.ts'
import type { Sequenced } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { narrowed } from './narrowed.ts'

export interface EventQuery extends Omit<EntryRange, 'where'> {
  /** Entries it is true of; the journal does not even read out most of the others. */
  readonly filter?: Filter
  /** What the filter's relative times are relative to; without it they are mistakes. */
  readonly now?: Nanoseconds
  /** And what this accepts; everything without it. */
  readonly accepts?: (entry: Sequenced) => boolean
  /** Most entries to give out. */
  readonly limit?: number
  readonly onLooked?: OnLooked
}

/**
 * Entries of a time range that pass a filter, read as they are consumed.
 *
 * @throws AuditorError `usage` where the filter is none of entries
 */
export async function* findEvents(
  journal: Pick<JournalView, 'entries'>,
  { filter = { op: 'all' }, now, accepts = () => true, limit, onLooked, ...range }: EventQuery,
): AsyncGenerator<Sequenced> {
  const passes = compileFilter(filter, now)
  const found = bindFilter(filter, ENTRIES, now)
  const part = 'bound' in found ? narrowed(found.bound, range) : range
  let given = 0
  if (limit === 0) return
  for await (const entry of journal.entries(part, onLooked)) {
    if (!passes(entry) || !accepts(entry)) continue
    yield entry
    given += 1
    if (given === limit) return
  }
}
