import type { ContainerFacts } from '../model/container-facts.ts'
import type { KnownContainer } from '../model/container-state.ts'
import type { DockerEvent } from '../model/docker-event.ts'
import { ENGINE_ATTRIBUTES } from '../model/engine-attributes.ts'
import { recordOf } from '../model/entry-factory.ts'
import { contentId } from '../model/entry-id.ts'
import type { EngineRef, Record } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Inferred } from './reconcile.ts'

type Attributes = DockerEvent['attributes']

/** A container that exists; without facts where they could not be had. */
export function snapshotRecord(
  engine: EngineRef,
  id: string,
  facts: ContainerFacts | undefined,
  time: Nanoseconds,
): Record {
  const attributes = facts === undefined ? {} : { ...facts.labels, ...namesOf(facts) }
  const record = recordOf(engine, madeEvent('snapshot', id, attributes, time))
  return facts === undefined
    ? { ...record, origin: 'snapshot', enrichment: 'missing' }
    : { ...record, origin: 'snapshot', enrichment: 'fresh', container: facts }
}

/**
 * An event that must have happened. Its id depends on what happened and when, so that concluding it
 * twice makes one entry; its line says itself that no engine sent it.
 */
export function inferredRecord(
  engine: EngineRef,
  id: string,
  { action, attributes, time, earliest, latest, isCurrent }: Inferred,
  container: ContainerFacts | undefined,
  known: KnownContainer | undefined,
): Record {
  const about =
    container === undefined
      ? withoutEngines(known?.attributes ?? {})
      : { ...container.labels, ...namesOf(container) }
  const { image, name, ...labels } = about
  const all = {
    ...labels,
    ...attributes,
    ...(image === undefined ? {} : { image }),
    ...(name === undefined ? {} : { name }),
  }
  const bounds = { earliest, latest }
  return {
    ...recordOf(engine, madeEvent(action, id, all, time, bounds)),
    id: contentId(time, ['inferred', engine.id, action, id, String(time)]),
    origin: 'inferred',
    inferred: bounds,
    ...(container === undefined
      ? {}
      : { enrichment: isCurrent ? ('fresh' as const) : ('cached' as const), container }),
  }
}

/** As an engine's event would have them: after the labels. */
const namesOf = ({ image, name }: ContainerFacts): Attributes => ({ image: image.name, name })

/** What the engine said of an earlier event is not said of this one. */
function withoutEngines(attributes: Attributes): Attributes {
  const rest = { ...attributes }
  for (const name of ENGINE_ATTRIBUTES) delete rest[name]
  return rest
}

function madeEvent(
  action: string,
  id: string,
  attributes: Attributes,
  time: Nanoseconds,
  bounds?: { readonly earliest: Nanoseconds; readonly latest: Nanoseconds },
): DockerEvent {
  const head = JSON.stringify({
    Type: 'container',
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: 'local',
    ...(bounds === undefined
      ? {}
      : { inferred: { earliest: String(bounds.earliest), latest: String(bounds.latest) } }),
  })
  const line = `${head.slice(0, -1)},"time":${time / 1_000_000_000n},"timeNano":${time}}`
  return { type: 'container', action, actorId: id, attributes, scope: 'local', time, line }
}
