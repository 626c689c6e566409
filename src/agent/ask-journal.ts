import type { Cursor, Journal, JournalStats } from '../journal/journal.ts'
import { AuditorError } from '../model/errors.ts'

/** What the journal says of itself, as far as it can. */
export interface JournalAnswer {
  /** Absent where it can't say. */
  readonly stats?: JournalStats
  /** By sink; those it can't tell of are missing. */
  readonly cursors: ReadonlyMap<string, Cursor>
  /** Why it can't say all of it: a page of it is damaged, or its disk does not work. */
  readonly unanswered?: Error
}

/** A journal that can't say how it fares is no reason to end: the agent records as long as it can. */
export async function askJournal(
  journal: Pick<Journal, 'stats' | 'cursors'>,
): Promise<JournalAnswer> {
  let unanswered: Error | undefined
  async function ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question()
    } catch (thrown) {
      if (!(thrown instanceof AuditorError) || thrown.code !== 'journal-unusable') throw thrown
      unanswered = thrown
      return undefined
    }
  }
  const cursors = await ask(() => journal.cursors())
  const stats = await ask(() => journal.stats())
  return {
    cursors: new Map(cursors?.map((cursor) => [cursor.sink, cursor])),
    ...(stats === undefined ? {} : { stats }),
    ...(unanswered === undefined ? {} : { unanswered }),
  }
}
