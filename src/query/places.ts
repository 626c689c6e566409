import type { JournalView } from '../journal/journal.ts'
import type { Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/**
 * The place just before everything that happened at or after `time`. Entries come nearly, not
 * exactly, in the order of their times, so it is the smallest such place: a rewind to it repeats a
 * few older entries rather than leaving one out. The journal's end where nothing is that young.
 */
export async function seqBefore(
  journal: Pick<JournalView, 'span' | 'stats'>,
  time: Nanoseconds,
): Promise<Seq> {
  const span = await journal.span({ from: time })
  return span === undefined ? (await journal.stats()).lastSeq : span.first - 1
}
