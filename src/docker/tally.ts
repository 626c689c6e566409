import type { EngineCount } from '../model/engine-count.ts'
import type { EntryId, GapCause } from '../model/entry.ts'
import { coverBoth, type Hole } from '../model/hole.ts'
import type { Nanoseconds } from '../model/time.ts'

/** What the engine's own count says of a time in which something may have been missed. */
export interface Verdict {
  readonly hole: Hole
  /** Of the gap that told it, the first of them; absent where nobody knew of it. */
  readonly cause?: GapCause
  /** How many events were missed in it. */
  readonly count: number
}

/**
 * Sets the events that were received against those the engine counted. It counts all since its
 * start, so a reading says something only together with an earlier one of the same life: what was
 * counted in between and not received was missed.
 */
export interface Tally {
  /** Distinct events so far. */
  readonly events: number
  /** The engine's count is known, and no gap is open. */
  readonly isSettled: boolean
  /** An event that had not come before. */
  received(id: EntryId): void
  /** Something came of which nobody knows how the engine counted it: only a new reading helps. */
  doubt(): void
  /** Something may be missing there. */
  gap(hole: Hole, cause: GapCause): void
  /**
   * The engine's count at a moment when all it had counted and still had was received.
   *
   * @param last the last event, maybe of an earlier process; empty where there was none yet
   */
  reading(count: EngineCount, at: Nanoseconds, last: EntryId): Verdict | undefined
  /** What it had counted at this event, where that is known; of the last few thousand events. */
  countAt(id: EntryId): EngineCount | undefined
}

const MAX_MARKS = 8_192

/** @param base what the engine had counted when the last event was received by an earlier process */
export function createTally(base?: EngineCount): Tally {
  let events = 0
  let expected = base
  let open: { readonly hole: Hole; readonly cause: GapCause } | undefined
  let readAt: Nanoseconds | undefined
  /** As in `recent-ids.ts`. */
  let young = new Map<EntryId, EngineCount>()
  let old = new Map<EntryId, EngineCount>()

  function mark(id: EntryId, count: EngineCount): void {
    if (young.size >= MAX_MARKS) {
      old = young
      young = new Map()
    }
    young.set(id, count)
  }

  return {
    get events() {
      return events
    },
    get isSettled() {
      return expected !== undefined && open === undefined
    },
    received(id) {
      events++
      if (expected === undefined) return
      expected = { ...expected, total: expected.total + 1 }
      // Behind an open gap the number is too low by what it cost.
      if (open === undefined) mark(id, expected)
    },
    doubt() {
      expected = undefined
      open = undefined
      readAt = undefined
    },
    gap(hole, cause) {
      open = { hole: coverBoth(open?.hole, hole), cause: open?.cause ?? cause }
    },
    reading(count, at, last) {
      const [before, between, since] = [expected, open, readAt ?? at]
      expected = { total: count.total, life: count.life }
      open = undefined
      readAt = at
      mark(last, expected)
      // Another life counts from nought; and more received than counted was read too early.
      if (before === undefined || before.life !== count.life) return undefined
      const missed = count.total - before.total
      if (missed < 0 || (missed === 0 && between === undefined)) return undefined
      const unknown = { hole: { from: since < at ? since : at, to: at } }
      return { ...(between ?? unknown), count: missed }
    },
    countAt: (id) => young.get(id) ?? old.get(id),
  }
}
