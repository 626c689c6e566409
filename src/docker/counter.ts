import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../actors/clock.ts'
import { countedGap } from '../model/counted-gap.ts'
import { gapOf } from '../model/entry-factory.ts'
import type { EngineRef, Entry } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Connection } from './connect.ts'
import { keepCounting } from './counting.ts'
import type { Intake } from './intake.ts'
import type { Engine } from './port.ts'
import type { RecentIds } from './recent-ids.ts'
import { createTally, type Tally, type Verdict } from './tally.ts'
import type { StatusKeeper } from './watcher-status.ts'

/** Tells how many events were missed, where the engine counts them and its count can be read. */
export interface Counter {
  /** For the intake of a connection; absent where nothing can be counted. */
  tally(connection: Connection): Tally | undefined
  /** Reads the count while the stream is open. */
  follow(
    connection: Connection,
    intake: Pick<Intake, 'position' | 'isProven'>,
    inStream: AbortSignal,
  ): void
  /** The same point with what the engine had counted there, where that is known. */
  readonly at: (point: ResumePoint) => ResumePoint
}

export function createCounter(options: {
  readonly engine: Engine
  readonly recent: RecentIds
  readonly margin: Nanoseconds
  readonly maxLineBytes: number
  readonly emit: (entry: Entry) => void
  /** Whether all that was emitted is durable. */
  readonly isUpToDate: () => boolean
  /** The resume point with the count, when it was read and is another: it may be kept as it is. */
  readonly onCounted: (point: ResumePoint) => void
  readonly status: StatusKeeper
  readonly clock: Clock
  readonly log: Log
}): Counter {
  const { engine, recent, margin, maxLineBytes, emit, status, clock, log } = options
  let present: { readonly engineId: string; readonly tally: Tally } | undefined
  /** Told last. */
  let told: ResumePoint | undefined
  let trouble: string | undefined

  function onTrouble(why: string): void {
    if (why !== trouble) {
      log.warn({ endpoint: engine.endpoint }, `what gaps cost can't be counted: ${why}`)
    }
    trouble = why
  }

  const at = (point: ResumePoint): ResumePoint => {
    const isPresent = present?.engineId === point.engineId
    const count = isPresent ? present?.tally.countAt(point.id) : undefined
    return count === undefined ? point : { ...point, count }
  }

  function tell(ref: EngineRef, { hole, cause, count }: Verdict): void {
    if (cause !== undefined) {
      emit(countedGap({ time: clock.nowNanos(), engine: ref, ...hole, count, cause }))
      return
    }
    status.count('gaps')
    emit(gapOf({ engine: ref, ...hole, cause: 'overflow', certainty: 'certain', count }))
  }

  return {
    at,
    tally({ engine: ref, count }) {
      if (engine.count === undefined) return undefined
      if (present?.engineId !== ref.id) present = { engineId: ref.id, tally: createTally(count) }
      return present.tally
    },
    follow({ engine: ref, engineClock, continuation }, intake, signal) {
      if (engine.count === undefined || present === undefined) return
      void keepCounting({
        source: engine,
        ask: engine.count,
        tally: present.tally,
        recent,
        isReady: () => intake.isProven && options.isUpToDate(),
        engine: ref,
        engineNow: engineClock.latest,
        since() {
          const near = intake.position.time - margin
          return near > continuation.since ? near : continuation.since
        },
        last: () => intake.position.id ?? '',
        maxLineBytes,
        onReading(verdict) {
          trouble = undefined
          const { id = '', time } = intake.position
          const point = at({ engineId: ref.id, id, time })
          if (!isDeepStrictEqual(point, told)) options.onCounted((told = point))
          if (verdict !== undefined) tell(ref, verdict)
        },
        onTrouble,
        clock,
        signal,
      })
    },
  }
}
