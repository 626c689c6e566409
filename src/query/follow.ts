import type { Clock } from '../actors/clock.ts'
import type { JournalView } from '../journal/journal.ts'
import type { Seq, Sequenced } from '../model/entry.ts'

/** See `FollowedJournal`. */
export interface Followed extends Pick<JournalView, 'find' | 'stats'> {
  successor(): Promise<Successor | undefined>
}

type Successor = Followed & AsyncDisposable

export interface FollowOptions {
  /** Entries behind this place. */
  readonly after: Seq
  readonly clock: Pick<Clock, 'sleep'>
  /** Ends it. */
  readonly signal: AbortSignal
  /** So many entries were pruned, or can't be read, before they were come to. */
  readonly onMissed: (count: number) => void
  /** The journal can't be read (any more); told once, and then it waits for one that can. */
  readonly onUnreadable: (error: unknown) => void
  /** The journal was set aside, and it goes on with the first entry of the one in its place. */
  readonly onReplaced: () => void
}

/** How often it looks for more, in ms: two numbers are read. */
const LOOK_EVERY_MS = 250
/** Entries read at once. */
const PAGE = 200
/** Looks at one that can't be opened: it may just be being made. */
const PATIENCE = 20

/**
 * The entries of a journal in its order, as they are appended by an agent beside, without end. Retention
 * may be faster than whoever reads: what is gone by then is counted, and it goes on with what is there.
 * So it does with the journal that is begun where this one is set aside, for which it waits where this one
 * can't be read.
 *
 * @throws AuditorError where that one can't be opened
 */
export async function* followJournal(
  journal: Followed,
  { after, clock, signal, onMissed, onUnreadable, onReplaced }: FollowOptions,
): AsyncGenerator<Sequenced> {
  let current = journal
  let at = after
  let next: Successor | undefined
  let looks = 0
  let isTold = false
  await using opened = new AsyncDisposableStack()
  while (!signal.aborted) {
    const page = await pageBehind(current, at)
    if ('error' in page && !isTold) onUnreadable(page.error)
    isTold = 'error' in page
    if ('entries' in page && page.at > at) {
      if (page.missed > 0) onMissed(page.missed)
      at = page.at
      for (const entry of page.entries) {
        if (signal.aborted) return
        yield entry
      }
      continue
    }
    if (next !== undefined) {
      onReplaced()
      ;[current, at, next] = [next, 0, undefined]
      isTold = false
      continue
    }
    try {
      next = await current.successor()
      looks = 0
    } catch (thrown) {
      if ((looks += 1) >= PATIENCE) throw thrown
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
      continue
    }
    // Once more: something may have been appended to the one before until then.
    if (next !== undefined) opened.use(next)
    // Aborted, it has come to its end.
    else await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
  }
}

type Page =
  | { readonly entries: readonly Sequenced[]; readonly missed: number; readonly at: Seq }
  | { readonly error: unknown }

/** The next entries, and how many of these are gone or can't be read. */
async function pageBehind(journal: Followed, after: Seq): Promise<Page> {
  try {
    const { firstSeq, lastSeq } = await journal.stats()
    const from = Math.max(after + 1, firstSeq)
    const pruned = from - after - 1
    const count = Math.min(PAGE, lastSeq - from + 1)
    if (count <= 0) return { entries: [], missed: pruned, at: from - 1 }
    const wanted = Array.from({ length: count }, (_, index) => from + index)
    const entries = await journal.find(wanted)
    return { entries, missed: pruned + count - entries.length, at: from + count - 1 }
  } catch (error) {
    return { error }
  }
}
