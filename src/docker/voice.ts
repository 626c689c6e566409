import type { Clock } from '../actors/clock.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { EngineRef, Entry } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Ending } from './follow.ts'
import { reasonOf } from './reason.ts'
import type { StatusKeeper } from './watcher-status.ts'

/**
 * What a watcher says of its connection: markers in the trail, lines in the log, its status. The
 * same trouble is said once, until it is over or another one.
 */
export interface Voice {
  readonly connected: (engine: EngineRef) => void
  /** Asking the engine failed; it is tried again. */
  readonly failed: (thrown: unknown) => void
  /** The stream came to its end. A silent one is opened anew, and nothing is lost yet. */
  readonly ended: (ending: Ending) => void
}

export function createVoice(options: {
  readonly endpoint: string
  readonly emit: (entry: Entry) => void
  readonly log: Log
  readonly clock: Clock
  readonly status: StatusKeeper
}): Voice {
  const { endpoint, emit, log, clock, status } = options
  /** The engine of which `engine-connected` was told and `engine-lost` not yet. */
  let present: EngineRef | undefined
  let lastReason: string | undefined

  function lost(reason: string): void {
    if (present === undefined) return
    const data = { endpoint, reason }
    emit(markerOf({ time: clock.nowNanos(), engine: present, marker: 'engine-lost', data }))
    present = undefined
  }

  return {
    connected(engine) {
      status.enter('connected', engine)
      lastReason = undefined
      if (present?.id === engine.id) return
      lost('another engine answers at this endpoint')
      const { name, version, apiVersion } = engine
      log.info(
        { endpoint, engine: name, version },
        `connected to Docker ${version} on ${name} at ${endpoint}`,
      )
      const data = { endpoint, version, apiVersion }
      emit(markerOf({ time: clock.nowNanos(), engine, marker: 'engine-connected', data }))
      present = engine
    },
    failed(thrown) {
      const { key, text } = reasonOf(asError(thrown))
      lost(text)
      status.fail(text)
      status.enter('waiting')
      if (key === lastReason) return
      lastReason = key
      log.warn({ endpoint }, `waiting for Docker at ${endpoint}: ${text}`)
    },
    ended(ending) {
      if (ending.kind === 'stopped') return
      if (ending.kind === 'silent') {
        log.info({ endpoint }, `nothing came from Docker at ${endpoint}: opening the stream anew`)
        return
      }
      const reason =
        ending.kind === 'ended' ? 'the engine ended the stream' : reasonOf(ending.error).text
      log.info({ endpoint }, `lost Docker at ${endpoint}: ${reason}`)
      status.fail(reason)
      status.enter('connecting')
      lost(reason)
    },
  }
}
