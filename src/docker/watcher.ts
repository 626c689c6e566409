import pRetry from 'p-retry'
import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { EngineRef, Entry } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import {
  beginAt,
  continueFrom,
  type Continuation,
  type CoverageOptions,
  type Position,
} from './coverage.ts'
import { askClock, type EngineClock } from './engine-clock.ts'
import { follow } from './follow.ts'
import { createIntake, type Intake } from './intake.ts'
import { createOverflowWatch } from './overflow.ts'
import type { Engine, ReaderQueue } from './port.ts'
import { createRecentIds } from './recent-ids.ts'
import { createSnapshots } from './snapshot.ts'
import { createVoice } from './voice.ts'
import { createWatcherStatus, type WatcherStatus } from './watcher-status.ts'

export type { WatcherStatus } from './watcher-status.ts'

export interface WatcherOptions {
  readonly engine: Engine
  /**
   * Where an earlier process got to, from the journal. With an empty id: it was connected at that
   * time, and nothing has arrived since.
   */
  readonly resume: (engineId: string) => Promise<ResumePoint | undefined>
  /**
   * Told where the stream of an engine begins that has no resume point yet, before anything of it is
   * emitted: when this process dies before its first event is recorded, the next one knows from where
   * on it may have missed something.
   */
  readonly begun?: (point: ResumePoint) => void
  /** Takes every entry at once, without waiting: nothing may hold up the reading of the stream. */
  readonly emit: (entry: Entry) => void
  readonly log: Log
  readonly clock: Clock
  /** Without a byte for so long the stream is opened anew. Default 300,000. */
  readonly silenceMs?: number
  /** How far neighbouring events may be out of order, in ms. Default 5,000. */
  readonly marginMs?: number
  /** First delay before trying again, in ms; doubles with each further one. Default 250. */
  readonly minDelayMs?: number
  /** Default 10,000. */
  readonly maxDelayMs?: number
  /** Where there is no resume point. Default 1n: all the engine still remembers. */
  readonly firstSince?: Nanoseconds | 'now'
  /** Tell the containers that exist, at the first connection. Default true. */
  readonly snapshot?: boolean
  /** Default 1 MiB. */
  readonly maxLineBytes?: number
  /** How many ids are remembered, at least, to pass over what comes again. Default 8,192. */
  readonly recentIds?: number
}

export interface Watcher extends Actor {
  status(): WatcherStatus
}

const HISTORY_MS = 30_000
/** A connection that lived for less and brought nothing new counts as a failed one. */
const STABLE_MS = 1_000
const MAX_MARKERS = 100
/** An event is stamped before it is sent: by so much, it may be live and older than the stream. */
const JUST_BEFORE = nanosFromMillis(100)

/** A connection that is about to be followed. */
interface Connection {
  readonly engine: EngineRef
  readonly continuation: Continuation
  readonly engineClock: EngineClock
  readonly queue?: ReaderQueue
}

/**
 * Watches one engine for ever: waits while it is absent, follows its events, tells what it found
 * (records), what may be missing (gaps) and how it fared (markers), and goes on after every cut.
 * Its place outlives a restart by the supervisor. Bounds: one line, and twice `recentIds`.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  const { engine, emit, log, clock, resume, silenceMs = 300_000 } = options
  const { minDelayMs = 250, maxDelayMs = 10_000, firstSince = 1n, snapshot = true } = options
  const { maxLineBytes = 1_048_576 } = options
  const margin = nanosFromMillis(options.marginMs ?? 5_000)
  const status = createWatcherStatus(clock)
  const recent = createRecentIds(options.recentIds ?? 8_192)
  const snapshots = createSnapshots()
  const voice = createVoice({ endpoint: engine.endpoint, emit, log, clock, status })

  /** The engine watched last, and how far. */
  let known:
    { readonly ref: EngineRef; readonly position: Position; readonly reachedAt: number } | undefined

  async function connect(signal: AbortSignal): Promise<Connection> {
    const info = await askClock(() => engine.info(signal), clock)
    const { ref, time, queue, engineClock } = info
    const position = await positionAt(ref)
    const reachedAt = known?.ref.id === ref.id ? known.reachedAt : undefined
    const continuation = await withDeadline(
      (inTime) => {
        const coverage = {
          source: engine,
          engine: ref,
          now: time,
          engineNow: engineClock.latest,
          margin,
          ...(reachedAt === undefined
            ? {}
            : { sinceReached: nanosFromMillis(clock.monotonic() - reachedAt) }),
          maxLineBytes,
          signal: inTime,
        }
        return position === undefined
          ? begin(ref.id, firstSince === 'now' ? time : firstSince, coverage)
          : continueFrom(position, coverage)
      },
      { what: "reading the engine's history", ms: HISTORY_MS, signal, clock },
    )
    return { engine: ref, continuation, engineClock, ...(queue === undefined ? {} : { queue }) }
  }

  async function begin(
    engineId: string,
    since: Nanoseconds,
    coverage: CoverageOptions,
  ): Promise<Continuation> {
    const continuation = await beginAt(since, coverage)
    const { id = '', time } = continuation.position
    options.begun?.({ engineId, id, time, begun: true })
    return continuation
  }

  async function positionAt(ref: EngineRef): Promise<Position | undefined> {
    if (known?.ref.id === ref.id) return known.position
    const point = await resume(ref.id)
    if (point === undefined) return undefined
    const { id, time, begun } = point
    return {
      time,
      origin: 'journal',
      ...(id === '' ? {} : { id }),
      ...(begun === true ? { begun } : {}),
    }
  }

  function delay(attempt: number): number {
    const ceiling = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 30))
    return Math.round(ceiling / 2 + (ceiling / 2) * clock.random())
  }

  function connectAtLast(signal: AbortSignal): Promise<Connection> {
    return pRetry(() => connect(signal), {
      retries: Infinity,
      signal,
      // The wait comes from the clock, so p-retry adds none of its own.
      minTimeout: 0,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        signal.throwIfAborted()
        voice.failed(error)
        await clock.sleep(delay(attemptNumber), signal)
      },
    })
  }

  async function followOnce(connection: Connection, signal: AbortSignal): Promise<boolean> {
    const { engine: ref, continuation, engineClock, queue } = connection
    const overflow =
      queue === undefined
        ? undefined
        : createOverflowWatch({
            queue,
            liveFrom: engineClock.earliest() - JUST_BEFORE,
            engineNow: engineClock.latest,
          })
    const intake: Intake = createIntake({
      engine: ref,
      continuation,
      margin,
      recent,
      ...(overflow === undefined ? {} : { overflow }),
      emit,
      now: () => clock.nowNanos(),
      count: status.count,
      maxMarkers: MAX_MARKERS,
    })
    const openedAt = clock.monotonic()
    const keep = (): void => {
      known = { ref, position: intake.position, reachedAt: clock.monotonic() }
    }
    keep()
    const ending = await follow({
      source: engine,
      since: continuation.since,
      clock,
      silenceMs,
      maxLineBytes,
      signal,
      onOpen: (inStream) => {
        if (!snapshot) return
        const engineNow = engineClock.earliest
        const common = { inspector: engine, clock, log, emit, signal: inStream }
        snapshots.start({ ...common, engine: ref, engineNow })
      },
      onBytes() {
        status.bytes()
        overflow?.read()
      },
      onEvent: (event) => {
        intake.event(event)
        keep()
      },
      onBad: intake.bad,
    })
    voice.ended(ending)
    return intake.advanced || clock.monotonic() - openedAt >= STABLE_MS
  }

  return {
    name: `watcher ${engine.endpoint}`,
    status: status.read,
    async run({ signal }) {
      status.enter('connecting')
      let shortLived = 0
      try {
        for (let opened = 0; !signal.aborted; opened++) {
          const connection = await connectAtLast(signal)
          if (opened > 0) status.count('reconnects')
          voice.connected(connection.engine)
          shortLived = (await followOnce(connection, signal)) ? 0 : shortLived + 1
          if (shortLived > 0) await clock.sleep(delay(shortLived), signal)
        }
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        status.enter('stopped')
      }
    },
  }
}
