import type { EngineCount } from '../model/engine-count.ts'
import type { EngineRef, EntryId, GapCause } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { readHistory, type HistoryReading, type Remembered } from './history.ts'
import type { EventSource } from './port.ts'

/**
 * How far an engine's stream was followed: everything up to this event has arrived or was told as a
 * gap. Without an id nothing has arrived since that moment.
 */
export interface Position {
  readonly id?: EntryId
  readonly time: Nanoseconds
  /** `journal`: an earlier process got there. */
  readonly origin: 'journal' | 'memory'
  /** The event itself has not arrived or is not recorded: it is new when it comes. */
  readonly begun?: boolean
  /** What the engine had counted by then, where an earlier process knew it. */
  readonly count?: EngineCount
}

/**
 * What the stream must show before anything new, so that nothing is missing in between.
 *
 * - `anchor`: this event, after none but those in `before`;
 * - `nothing`: there is nothing to show;
 * - `impossible`: nothing can show it, so the first event is preceded by a gap from `from` on.
 */
type Expectation =
  | { readonly kind: 'anchor'; readonly anchor: Remembered; readonly before: ReadonlySet<EntryId> }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'impossible'; readonly from: Nanoseconds }

/** How to go on at an engine. */
export interface Continuation extends Place {
  /** From when on to ask for the stream. */
  readonly since: Nanoseconds
  /** Set where the engine's history does not reach back to the last place. */
  readonly gap?: { readonly from: Nanoseconds; readonly to: Nanoseconds }
  /** Of that gap and of one that the stream may still show. */
  readonly cause: GapCause
}

interface Place {
  readonly position: Position
  readonly expect: Expectation
}

export interface CoverageOptions {
  readonly source: EventSource
  readonly engine: EngineRef
  /** The engine's clock when it was asked. */
  readonly now: Nanoseconds
  /** The engine's clock: as late as it can be by now. */
  readonly engineNow: () => Nanoseconds
  /** How far neighbours in the engine's history may be out of order. */
  readonly margin: Nanoseconds
  /**
   * How long before `now` the position was reached, by a clock that is never set: the engine's was
   * read between its question and its answer. Absent where nobody knows.
   */
  readonly sinceReached?: { readonly least: Nanoseconds; readonly most: Nanoseconds }
  /** How many events the engine remembers. */
  readonly remembers: number
  readonly maxLineBytes: number
  readonly signal: AbortSignal
}

/** Everything the engine remembers. */
const ALL: Nanoseconds = 1n
/** Docker remembers 256 events; an engine that remembers more is not searched to the end. */
const MAX_SEARCHED = 4_096
const ONE_SECOND: Nanoseconds = 1_000_000_000n
/** Two clocks that are never set may differ by so much, and an event is not read at once. */
const SLACK: Nanoseconds = 100_000_000n

/**
 * Where no event was seen yet: from `since` on. The oldest event there becomes the place to hold on
 * to, so that the stream's beginning is proven as well.
 */
export async function beginAt(since: Nanoseconds, options: CoverageOptions): Promise<Continuation> {
  const { first } = await readHistory({ ...options, since, until: options.now, limit: 1 })
  const cause = 'reconnect'
  if (first !== undefined) return { since, cause, ...holdOn(first) }
  return { since, cause, ...nothingSince(options.now) }
}

/**
 * Looks for the position in the engine's history, which is a run without holes: where it has the
 * position it has everything after it. The proof is completed by the stream itself, opened
 * afterwards with the same `since`, since the history may move in between: it must show the
 * position before anything newer (`Expectation`). The history's scan stops at the first event older
 * than `since`, hence the margin, and the search through all of it where the position is not found.
 */
export async function continueFrom(
  position: Position,
  options: CoverageOptions,
): Promise<Continuation> {
  const { now, margin } = options
  const cause = position.origin === 'journal' ? 'agent-down' : 'reconnect'
  const near = position.time - margin
  const until = later(now, earlier(position.time, now + ONE_SECOND))
  const wanted = { ...options, until, position }
  const recent: HistoryReading =
    near > until
      ? {}
      : await readHistory({ ...wanted, since: near, beyond: position.time + margin })
  if (recent.before !== undefined) {
    return { since: near, cause, ...showAgain(position, recent.before) }
  }
  if (position.id === undefined) {
    const from = position.time
    if (recent.first !== undefined) {
      const gap = missing(position, recent.first.time, recent.first, options)
      return { since: near, cause, gap, ...holdOn(recent.first) }
    }
    return { since: near, cause, position, expect: { kind: 'impossible', from } }
  }

  const untilNow = later(until, options.engineNow())
  const all = await readHistory({
    ...wanted,
    since: ALL,
    until: untilNow,
    limit: MAX_SEARCHED,
  })
  if (all.before !== undefined) return { since: ALL, cause, ...showAgain(position, all.before) }
  const useAll = recent.first === undefined && all.complete === true
  const [since, oldest] = useAll ? [ALL, all] : [near, recent]
  const first = oldest.first ?? (await youngFirst(options))
  const to = oldest.firstAfter ?? later(later(now, first?.time ?? now), position.time)
  const gap = missing(position, to, first, options)
  const place = first === undefined ? nothingSince(gap.to) : holdOn(first)
  // A memory that has room has forgotten nothing by itself: it was lost with the engine's life. Half of
  // it is left for what happens while it is asked for.
  const hasRoom = all.complete === true && (all.read ?? 0) < options.remembers / 2
  const isAnew = hasRoom && first === oldest.first && position.time <= until
  return { since, cause: isAnew ? 'engine-restart' : cause, gap, ...place }
}

/**
 * Where the engine remembers nothing of up to the moment it was asked for its time, it has lost its
 * memory, or everything in it is younger: then the stream's beginning needs a proof as any other.
 * Takes a second where there is nothing.
 */
async function youngFirst(options: CoverageOptions): Promise<Remembered | undefined> {
  const until = options.engineNow() + ONE_SECOND
  return (await readHistory({ ...options, since: ALL, until, limit: 1 })).first
}

/**
 * When what is missing behind a position may have happened, by the engine's clock: from the position
 * on, unless that clock was set back since. Then it ran on from the position for some time, and began
 * again at one that no event may be left to tell. How long both were is at most the time since the
 * position was reached. A clock that was set back by less than the engine took to answer can't be told
 * from one that was not. Where an earlier process reached it, nobody knows that, and as long again as
 * the clock is seen to be behind is allowed for.
 *
 * @param oldest the oldest event the engine still has
 */
function missing(
  { time }: Position,
  to: Nanoseconds,
  oldest: Remembered | undefined,
  { now, margin, sinceReached }: CoverageOptions,
): { readonly from: Nanoseconds; readonly to: Nanoseconds } {
  if (sinceReached !== undefined && now + SLACK < time + sinceReached.most) {
    const { least, most } = sinceReached
    const unsure = now + SLACK < time + least ? margin : SLACK
    return { from: earlier(time, now - most - unsure), to: later(to, time + most) }
  }
  const behind = time - earlier(oldest?.time ?? now, now)
  if (behind <= 0n) return { from: time, to }
  return { from: time - 2n * behind, to: later(to, time + behind) }
}

/** The stream must show the position itself. */
function showAgain(position: Position, before: ReadonlySet<EntryId>): Place {
  const anchor = { id: position.id!, time: position.time }
  return { position, expect: { kind: 'anchor', anchor, before } }
}

/** The stream must begin with the oldest event that the engine still has. */
function holdOn(first: Remembered): Place {
  return {
    position: { ...first, origin: 'memory' },
    expect: { kind: 'anchor', anchor: first, before: new Set() },
  }
}

function nothingSince(time: Nanoseconds): Place {
  return { position: { time, origin: 'memory' }, expect: { kind: 'nothing' } }
}

const earlier = (a: Nanoseconds, b: Nanoseconds): Nanoseconds => (a < b ? a : b)
const later = (a: Nanoseconds, b: Nanoseconds): Nanoseconds => (a > b ? a : b)
