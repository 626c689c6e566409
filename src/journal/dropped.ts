import type { DatabaseSync } from 'node:sqlite'
import { decodeEntry, encodeEntry } from '../model/entry-codec.ts'
import { contentId } from '../model/entry-id.ts'
import { gapOf } from '../model/entry-factory.ts'
import type { Entry, Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Written } from './ledger.ts'
import { timeOfKey } from './rows.ts'

/** What one sink will not get, since it was pruned before. */
export interface Dropped {
  readonly sink: string
  /** Entries and dead letters that were waiting for the sink. */
  readonly waiting: number
  /** What they told of: a gap among them counts as what it stood for. */
  readonly lost: number
  readonly from: Nanoseconds
  readonly to: Nanoseconds
}

interface Span {
  readonly count: number
  readonly oldest: Uint8Array
  readonly newest: Uint8Array
}

/** Reads what is about to be pruned, inside the transaction that prunes it. */
export interface DroppedReader {
  /** @param waiting how many of the places after `after` up to `upTo` are for the sink; not 0 */
  entries(sink: string, after: Seq, upTo: Seq, waiting: number): Dropped
  /** Deletes them; `undefined` where there are none. */
  deadLetters(sink: string, upTo: Seq): Dropped | undefined
}

export function createDroppedReader(db: DatabaseSync): DroppedReader {
  const span = db.prepare(
    `SELECT count(*) AS count, min(id) AS oldest, max(id) AS newest FROM entries
     WHERE seq > ? AND seq <= ?
       AND seq NOT IN (SELECT seq FROM addressed WHERE seq > ?1 AND seq <= ?2 AND sink <> ?3)`,
  )
  const ownGaps = db.prepare(
    `SELECT e.body FROM addressed a JOIN entries e ON e.seq = a.seq
     WHERE a.seq > ? AND a.seq <= ? AND a.sink = ?`,
  )
  const letters = db.prepare(
    `SELECT count(*) AS count, min(id) AS oldest, max(id) AS newest FROM dead_letters
     WHERE sink = ? AND seq <= ?`,
  )
  const letterGaps = db.prepare(
    `SELECT body FROM dead_letters
     WHERE sink = ? AND seq <= ? AND substr(body, 1, 13) = '{"kind":"gap"'`,
  )
  const remove = db.prepare('DELETE FROM dead_letters WHERE sink = ? AND seq <= ?')

  const spanned = (sink: string, { count, oldest, newest }: Span): Dropped => ({
    sink,
    waiting: count,
    lost: count,
    from: timeOfKey(oldest),
    to: timeOfKey(newest),
  })

  return {
    entries(sink, after, upTo, waiting) {
      const plain = spanned(sink, span.get(after, upTo, sink) as unknown as Span)
      const gaps = ownGaps.all(after, upTo, sink) as { body: string }[]
      return { ...unfolded(plain, gaps), waiting }
    },
    deadLetters(sink, upTo) {
      const found = letters.get(sink, upTo) as unknown as Span
      if (found.count === 0) return undefined
      const gaps = letterGaps.all(sink, upTo) as { body: string }[]
      remove.run(sink, upTo)
      return unfolded(spanned(sink, found), gaps)
    },
  }
}

/** A gap for each sink that misses something. */
export function quotaGaps(dropped: readonly Dropped[], nextSeq: Seq): Written[] {
  const bySink = new Map<string, Dropped>()
  for (const each of dropped) {
    const other = bySink.get(each.sink)
    bySink.set(each.sink, other === undefined ? each : join(other, each))
  }
  return [...bySink.values()].map(({ sink, lost, from, to }) => {
    const gap = gapOf({ from, to, cause: 'sink-quota', certainty: 'certain', count: lost, sink })
    // Two runs may agree in all of that, so the place where it is told makes it one of its kind.
    const id = contentId(to, [gap.id, nextSeq])
    return { id, body: encodeEntry({ ...gap, id }), sink }
  })
}

/** What its gaps stood for is lost with them. */
function unfolded(dropped: Dropped, gaps: readonly { readonly body: string }[]): Dropped {
  return gaps
    .map(standsFor)
    .filter((gap) => gap !== undefined)
    .reduce<Dropped>((sum, gap) => widened(sum, { ...gap, lost: gap.lost - 1 }), dropped)
}

type Loss = Pick<Dropped, 'lost' | 'from' | 'to'>

function standsFor({ body }: { readonly body: string }): Loss | undefined {
  let entry: Entry
  try {
    entry = decodeEntry(body)
  } catch {
    return undefined // damaged on disk: one entry is lost, and counted as one
  }
  return entry.kind === 'gap' && entry.sink !== undefined
    ? { lost: entry.count ?? 1, from: entry.from, to: entry.to }
    : undefined
}

function join(one: Dropped, other: Dropped): Dropped {
  return { ...widened(one, other), waiting: one.waiting + other.waiting }
}

function widened(one: Dropped, by: Loss): Dropped {
  return {
    ...one,
    lost: one.lost + by.lost,
    from: one.from < by.from ? one.from : by.from,
    to: one.to > by.to ? one.to : by.to,
  }
}
