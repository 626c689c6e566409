import { contentId, eventId } from './entry-id.ts'
import type { EngineRef, Gap, LifeEntry, Marker, Record } from './entry.ts'
import type { DockerEvent } from './docker-event.ts'

/** A record of an event as it came: facts and flags are added on its way. */
export function recordOf(engine: EngineRef, event: DockerEvent): Record {
  return {
    kind: 'record',
    id: eventId(engine.id, event),
    time: event.time,
    engine,
    event,
    origin: 'observed',
    enrichment: 'none',
    flags: [],
  }
}

export function gapOf(gap: Omit<Gap, 'kind' | 'id' | 'time'>): Gap {
  const id = contentId(gap.to, [
    'gap',
    gap.engine?.id ?? '',
    gap.cause,
    String(gap.from),
    String(gap.to),
    gap.certainty,
    gap.count ?? null,
    gap.sink ?? '',
  ])
  return { kind: 'gap', id, time: gap.to, ...gap }
}

export function markerOf(marker: Omit<Marker, 'kind' | 'id'>): Marker {
  const id = contentId(marker.time, ['marker', marker.engine?.id ?? '', marker.marker, marker.data])
  return { kind: 'marker', id, ...marker }
}

/** Its id tells which end it speaks of: two who judge it, from other beginnings, speak of the same. */
export function lifeOf(
  engine: EngineRef,
  life: Omit<LifeEntry, 'kind' | 'id' | 'engine'>,
): LifeEntry {
  const { container, time } = life
  const id = contentId(time, ['life', engine.id, container.id, String(time)])
  return { kind: 'life', id, engine, ...life }
}
