import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import type { Entry } from '../model/entry.ts'
import type { Hole } from '../model/hole.ts'
import type { Log } from '../model/log.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Engine } from './port.ts'
import type { Memory } from './reconciler.ts'
import type { WatcherStatus } from './watcher-status.ts'

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
  /**
   * Told what the engine had counted at the last event, when that is read and all that was emitted is
   * durable.
   */
  readonly counted?: (point: ResumePoint) => void
  /** What the journal knows of the engine's containers. Default: nothing. */
  readonly memory?: Memory
  /** Takes every entry at once, without waiting: nothing may hold up the reading of the stream. */
  readonly emit: (entry: Entry) => void
  readonly log: Log
  readonly clock: Clock
  /** How many events the engine remembers. Default 256, as Docker does. */
  readonly remembers?: number
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
  /** Ask about containers that should have started and did not. Default: as `snapshot`. */
  readonly failedStarts?: boolean
  /** Default 1 MiB. */
  readonly maxLineBytes?: number
  /** How many ids are remembered, at least, to pass over what comes again. Default 8,192. */
  readonly recentIds?: number
}

export interface Watcher extends Actor {
  status(): WatcherStatus
  /** The same point with what the engine had counted there, where that is known. */
  counted(point: ResumePoint): ResumePoint
  /** What was emitted of this interval did not get into the journal: it is to be reconciled. */
  lost(hole: Hole): void
}
