import type { Clock } from '../actors/clock.ts'
import type { JournalView } from '../journal/journal.ts'
import type { Seq, Sequenced } from '../model/entry.ts'

export interface FollowOptions {
  /** Entries behind this place. */
  readonly after: Seq
  readonly clock: Pick<Clock, 'sleep'>
  /** Ends it. */
  readonly signal: AbortSignal
  /** So many entries were pruned, or can't be read, before they were come to. */
  readonly onMissed: (count: number) => void
}

/** How often it looks for more, in ms: two numbers are read. */
const LOOK_EVERY_MS = 250
/** Entries read at once. */
const PAGE = 200

/**
 * The entries of a journal in its order, as they are appended by an agent beside, without end. Retention
 * may be faster than whoever reads: what is gone by then is counted, and it goes on with what is there.
 */
export async function* followJournal(
  journal: Pick<JournalView, 'find' | 'stats'>,
  { after, clock, signal, onMissed }: FollowOptions,
): AsyncGenerator<Sequenced> {
  let at = after
  while (!signal.aborted) {
    const { firstSeq, lastSeq } = await journal.stats()
    if (firstSeq > at + 1) {
      onMissed(firstSeq - 1 - at)
      at = firstSeq - 1
    }
    if (lastSeq <= at) {
      // Aborted, it has come to its end.
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
      continue
    }
    const wanted = Array.from(
      { length: Math.min(PAGE, lastSeq - at) },
      (_, index) => at + 1 + index,
    )
    const found = await journal.find(wanted)
    if (found.length < wanted.length) onMissed(wanted.length - found.length)
    at += wanted.length
    for (const entry of found) {
      if (signal.aborted) return
      yield entry
    }
  }
}
