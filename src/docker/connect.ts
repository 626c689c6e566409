import { withDeadline } from '../actors/deadline.ts'
import type { EngineCount } from '../model/engine-count.ts'
import type { EngineRef } from '../model/entry.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import {
  beginAt,
  continueFrom,
  type Continuation,
  type CoverageOptions,
  type Position,
} from './coverage.ts'
import { askClock, type EngineClock } from './engine-clock.ts'
import type { ReaderQueue } from './port.ts'
import type { WatcherOptions } from './watcher-options.ts'

/** So long an engine has to show what it remembers. */
export const HISTORY_MS = 30_000

/** A connection that is about to be followed. */
export interface Connection {
  readonly engine: EngineRef
  readonly continuation: Continuation
  readonly engineClock: EngineClock
  readonly queue?: ReaderQueue
  /** What the engine had counted at the place an earlier process reached. */
  readonly count?: EngineCount
}

/** How far an engine was followed by this process. */
export interface Place {
  readonly ref: EngineRef
  readonly position: Position
  /** When it got there, by the monotonic clock. */
  readonly reachedAt: number
}

/**
 * Asks an engine who it is, and its history how to go on there.
 *
 * @param known the engine watched last
 */
export async function connect(
  options: WatcherOptions,
  known: Place | undefined,
  signal: AbortSignal,
): Promise<Connection> {
  const { engine, clock, firstSince = 1n, maxLineBytes = 1_048_576, remembers = 256 } = options
  const askedAt = clock.monotonic()
  const info = await askClock(() => engine.info(signal), clock)
  const answeredAt = clock.monotonic()
  const { ref, time, queue, engineClock } = info
  const place = known?.ref.id === ref.id ? known : undefined
  const position = place?.position ?? (await positionInJournal(options, ref.id))
  const continuation = await withDeadline(
    (inTime) => {
      const coverage = {
        source: engine,
        engine: ref,
        now: time,
        engineNow: engineClock.latest,
        margin: nanosFromMillis(options.marginMs ?? 5_000),
        remembers,
        ...(place === undefined
          ? {}
          : { sinceReached: { least: since(askedAt, place), most: since(answeredAt, place) } }),
        maxLineBytes,
        signal: inTime,
      }
      return position === undefined
        ? begin(options, firstSince === 'now' ? time : firstSince, coverage)
        : continueFrom(position, coverage)
    },
    { what: "reading the engine's history", ms: HISTORY_MS, signal, clock },
  )
  const count = position?.count
  return {
    engine: ref,
    continuation,
    engineClock,
    ...(queue === undefined ? {} : { queue }),
    ...(count === undefined ? {} : { count }),
  }
}

const since = (at: number, { reachedAt }: Place): Nanoseconds => nanosFromMillis(at - reachedAt)

async function begin(
  options: WatcherOptions,
  since: Nanoseconds,
  coverage: CoverageOptions,
): Promise<Continuation> {
  const continuation = await beginAt(since, coverage)
  const { id = '', time } = continuation.position
  options.begun?.({ engineId: coverage.engine.id, id, time, begun: true })
  return continuation
}

async function positionInJournal(
  options: WatcherOptions,
  engineId: string,
): Promise<Position | undefined> {
  const point = await options.resume(engineId)
  if (point === undefined) return undefined
  const { id, time, begun, count } = point
  return {
    time,
    origin: 'journal',
    ...(id === '' ? {} : { id }),
    ...(begun === true ? { begun } : {}),
    ...(count === undefined ? {} : { count }),
  }
}
