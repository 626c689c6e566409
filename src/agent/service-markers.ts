import { Observable, type MonoTypeOperatorFunction } from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import type { Inspector } from '../docker/port.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import { actionName } from '../model/docker-event.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { EngineRef, Marker, Record } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createBridge, type Bridge } from '../profiles/bridge.ts'
import type { ServiceInputs } from '../profiles/inputs.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Change } from '../profiles/service.ts'
import type { Flowing } from '../streams/flow.ts'
import { takeSync } from './service-sync.ts'

export interface ServiceMarkersParts {
  readonly profile: Profile
  readonly inputsOf: (facts: ContainerFacts) => ServiceInputs | undefined
  readonly inspector: Inspector
  readonly clock: Clock
  readonly log: Log
}

/**
 * Behind each record the services that a profile's old program would have told of it, as markers:
 *
 *     source   c-s---------k-d-|     create, start, kill, die; resync after so long
 *     output   c-(sS)--S---(kE)d-|   S is a service-start, E a service-stop (auditor-2015)
 *
 * What is asked of the engine for a resync is asked beside the stream, which never waits for it.
 * Begins without memory, as the old programs did: containers that are there are told as started.
 */
export function addServiceMarkers(parts: ServiceMarkersParts): MonoTypeOperatorFunction<Flowing> {
  const { profile, inputsOf, inspector, clock, log } = parts
  return (source) =>
    new Observable<Flowing>((output) => {
      const bridge = createBridge({ ...profile.bridge, log })
      const leaving = new AbortController()
      /** Containers that events spoke of since the present resync began: they know better. */
      let touched: Set<string> | undefined
      let engine: EngineRef | undefined

      function tell(changes: readonly Change[], time: Nanoseconds, record?: Record): void {
        for (const change of changes) output.next(serviceMarker(change, engine, time, record?.id))
      }

      async function resync(): Promise<void> {
        if (touched !== undefined || engine === undefined) return
        touched = new Set()
        try {
          const { signal } = leaving
          const { cleanup } = profile.bridge
          const asked = { bridge, cleanup, inspector, inputsOf, clock, signal }
          const { running, ended } = await takeSync(asked)
          const isOpen = ({ id }: { readonly id: string }): boolean => touched?.has(id) !== true
          tell(bridge.sync(running.filter(isOpen), ended.filter(isOpen)), clock.nowNanos())
        } catch (error) {
          if (!leaving.signal.aborted)
            log.warn({ err: error }, 'no resync: the engine did not answer')
        } finally {
          touched = undefined
        }
      }

      output.add(() => leaving.abort(new Error('unsubscribed')))
      output.add(repeat(clock, profile.resync, () => void resync()))
      output.add(repeat(clock, profile.bridge.ttlRefresh, () => bridge.refresh()))
      output.add(
        source.subscribe({
          next(value) {
            output.next(value)
            if (value.kind !== 'record') return
            engine = value.engine
            if (value.event.type !== 'container') return
            touched?.add(value.event.actorId)
            tell(changesBy(bridge, value, inputsOf), value.time, value)
          },
          error: (error) => output.error(error),
          complete: () => output.complete(),
        }),
      )
    })
}

/** What a container's record changes. */
function changesBy(
  bridge: Bridge,
  record: Record,
  inputsOf: ServiceMarkersParts['inputsOf'],
): readonly Change[] {
  const { event, container, enrichment } = record
  const inputs = container === undefined ? undefined : inputsOf(container)
  if (inputs !== undefined) bridge.learn(inputs)
  const action = actionName(event.action)
  switch (action) {
    case 'snapshot':
      return inputs === undefined ? [] : bridge.found(inputs)
    case 'start':
      // An answer from before the start knows nothing of its ports: that was no answer.
      return bridge.start(event.actorId, inputs?.created === true ? undefined : inputs)
    case 'die': {
      const told = event.attributes['exitCode']
      const said = enrichment === 'fresh' ? container?.state.exitCode : undefined
      return bridge.die(event.actorId, said ?? (told === undefined ? undefined : Number(told)))
    }
    default:
      return bridge.interrupt(event.actorId, action)
  }
}

function serviceMarker(
  { action, service }: Change,
  engine: EngineRef | undefined,
  time: Nanoseconds,
  record: string | undefined,
): Marker {
  return markerOf({
    time,
    ...(engine === undefined ? {} : { engine }),
    marker: `service-${action}`,
    data: {
      name: service.Name,
      ...(record === undefined ? {} : { record }),
      service: JSON.stringify(service),
    },
  })
}

/** Calls again and again, `seconds` apart, until it is called off; never for 0. */
function repeat(clock: Clock, seconds: number, run: () => void): () => void {
  let cancel = (): void => undefined
  const arm = (): void => {
    cancel = clock.after(seconds * 1000, () => {
      run()
      arm()
    })
  }
  if (seconds > 0) arm()
  return () => cancel()
}
