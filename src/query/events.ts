import type { EntryRange, JournalView } from '../journal/journal.ts'
import type { Entry, Sequenced } from '../model/entry.ts'

export interface EventQuery extends EntryRange {
  /** Compiled filter; everything without one. */
  readonly accepts?: (entry: Entry) => boolean
  /** Most entries to give out. */
  readonly limit?: number
}

/** Entries of a time range that pass a filter, read as they are consumed. */
export async function* findEvents(
  journal: Pick<JournalView, 'entries'>,
  { accepts, limit, ...range }: EventQuery,
): AsyncGenerator<Sequenced> {
  let given = 0
  if (limit === 0) return
  for await (const entry of journal.entries(range)) {
    if (accepts !== undefined && !accepts(entry)) continue
    yield entry
    given += 1
    if (given === limit) return
  }
}
