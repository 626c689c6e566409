import type { Clock } from '../actors/clock.ts'
import type { EngineRef } from '../model/entry.ts'
import type { Counted } from './intake.ts'

/** How a watcher fares, for health and metrics. Moments are milliseconds since the epoch. */
export interface WatcherStatus {
  readonly state: 'waiting' | 'connecting' | 'connected' | 'stopped'
  /** The engine that answered last. */
  readonly engine?: EngineRef
  /** When it came into this state. */
  readonly since: number
  readonly lastEventAt?: number
  readonly lastBytesAt?: number
  /** How often the stream was opened anew. */
  readonly reconnects: number
  readonly events: number
  /** Events that came again and were passed over. */
  readonly repeated: number
  readonly undecodable: number
  readonly gaps: number
  /** Why the engine was lost or can't be reached; absent while connected. */
  readonly lastError?: string
}

export interface StatusKeeper {
  readonly read: () => WatcherStatus
  readonly enter: (state: WatcherStatus['state'], engine?: EngineRef) => void
  readonly fail: (error: string) => void
  readonly bytes: () => void
  readonly count: (what: Counted | 'reconnects') => void
}

export function createWatcherStatus(clock: Clock): StatusKeeper {
  const counts = { reconnects: 0, events: 0, repeated: 0, undecodable: 0, gaps: 0 }
  let state: WatcherStatus['state'] = 'connecting'
  let since = clock.now()
  let engine: EngineRef | undefined
  let lastEventAt: number | undefined
  let lastBytesAt: number | undefined
  let lastError: string | undefined
  return {
    read: () => ({
      state,
      since,
      ...counts,
      ...(engine === undefined ? {} : { engine }),
      ...(lastEventAt === undefined ? {} : { lastEventAt }),
      ...(lastBytesAt === undefined ? {} : { lastBytesAt }),
      ...(lastError === undefined ? {} : { lastError }),
    }),
    enter(next, at) {
      if (next !== state) since = clock.now()
      state = next
      engine = at ?? engine
      if (next === 'connected') lastError = undefined
    },
    fail(error) {
      lastError = error
    },
    bytes() {
      lastBytesAt = clock.now()
    },
    count(what) {
      counts[what]++
      if (what === 'events') lastEventAt = clock.now()
    },
  }
}
