import pRetry from 'p-retry'
import type { Entry } from '../model/entry.ts'
import { nanosFromMillis } from '../model/time.ts'
import { connect, HISTORY_MS, type Connection, type Place } from './connect.ts'
import { createCounter } from './counter.ts'
import { createFailedStarts } from './failed-starts.ts'
import { follow } from './follow.ts'
import { createIntake, type Intake } from './intake.ts'
import { createOverflowWatch } from './overflow.ts'
import { createRecentIds } from './recent-ids.ts'
import { createReconciler, type Memory } from './reconciler.ts'
import { createVoice } from './voice.ts'
import type { Watcher, WatcherOptions } from './watcher-options.ts'
import { createWatcherStatus } from './watcher-status.ts'

export type { Watcher, WatcherOptions } from './watcher-options.ts'
export type { WatcherStatus } from './watcher-status.ts'

/** A connection that lived for less and brought nothing new counts as a failed one. */
const STABLE_MS = 1_000
const MAX_MARKERS = 100
/** An event is stamped before it is sent: by so much, it may be live and older than the stream. */
const JUST_BEFORE = nanosFromMillis(100)

const noMemory: Memory = {
  containers: () => Promise.resolve([]),
  hole: () => Promise.resolve(undefined),
  isUpToDate: () => true,
  hasRoom: () => true,
}

/**
 * Watches one engine for ever: waits while it is absent, follows its events, tells what it found
 * (records), what may be missing (gaps) and how it fared (markers), and goes on after every cut.
 * Its place outlives a restart by the supervisor. Bounds: one line, and twice `recentIds`.
 */
export function createWatcher(options: WatcherOptions): Watcher {
  const { engine, emit, log, clock, silenceMs = 300_000, maxLineBytes = 1_048_576 } = options
  const { minDelayMs = 250, maxDelayMs = 10_000, snapshot = true } = options
  const margin = nanosFromMillis(options.marginMs ?? 5_000)
  const status = createWatcherStatus(clock)
  const recent = createRecentIds(options.recentIds ?? 8_192)
  const { memory = noMemory } = options
  const reconciler = createReconciler({
    inspector: engine,
    memory,
    snapshot,
    emit: tell,
    log,
    clock,
  })
  const counter = createCounter({
    engine,
    recent,
    margin,
    maxLineBytes,
    emit: tell,
    isUpToDate: () => memory.isUpToDate(),
    onCounted: (point) => options.counted?.(point),
    status,
    clock,
    log,
  })
  const failedStarts =
    (options.failedStarts ?? snapshot)
      ? createFailedStarts({ inspector: engine, emit: tell, log, clock })
      : undefined
  const voice = createVoice({ endpoint: engine.endpoint, emit, log, clock, status })

  /** Of the present run. */
  let running = new AbortController().signal

  function tell(entry: Entry, early?: boolean): void {
    reconciler.told(entry, early)
    emit(entry)
    failedStarts?.told(entry)
  }

  /** The engine watched last, and how far. */
  let known: Place | undefined

  async function begin(signal: AbortSignal): Promise<Connection> {
    const connection = await connect(options, known, signal)
    await reconciler.begin(connection.engine)
    return connection
  }

  function delay(attempt: number): number {
    const ceiling = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 30))
    return Math.round(ceiling / 2 + (ceiling / 2) * clock.random())
  }

  function connectAtLast(signal: AbortSignal): Promise<Connection> {
    return pRetry(() => begin(signal), {
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
    const tally = counter.tally(connection)
    const mustShow = continuation.expect.kind === 'anchor'
    const intake: Intake = createIntake({
      engine: ref,
      continuation,
      margin,
      recent,
      ...(overflow === undefined ? {} : { overflow }),
      ...(tally === undefined ? {} : { tally }),
      emit: tell,
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
      // What it must show it remembers: where it shows nothing, its clock was set meanwhile.
      beginsWithinMs: mustShow ? Math.min(HISTORY_MS, silenceMs) : silenceMs,
      maxLineBytes,
      signal,
      onOpen(inStream) {
        counter.follow(connection, intake, inStream)
        const engineNow = engineClock.earliest
        failedStarts?.follow({ engine: ref, engineNow, signal: inStream })
        reconciler.follow({
          engine: ref,
          engineNow,
          suspectSince: () => intake.suspectSince,
          confirm(to) {
            intake.confirm(to)
            keep()
          },
          signal: inStream,
        })
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
    counted: (point) => counter.at(point),
    lost: (hole) => reconciler.lost(hole, running),
    async run({ signal }) {
      running = signal
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
