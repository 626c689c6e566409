import { contentId, eventId } from './entry-id.ts'
import type { EngineRef, Gap, LifeEntry, Marker, Record } from './entry.ts'
import type { DockerEvent } from './docker-event.ts'
import type { FindingEntry } from './finding.ts'

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

/** Its id tells what was found, and of what; not in which words it is said. */
export function findingOf(
  engine: EngineRef,
  found: Omit<FindingEntry, 'kind' | 'id' | 'engine'>,
): FindingEntry {
  const { time, finding, state, lineage, container, since, details } = found
  const subject = state === 'noted' ? container.id : lineage.key
  const from = since === undefined ? '' : String(since)
  const what = state === 'noted' ? details : []
  const id = contentId(time, ['finding', engine.id, finding, state, subject, from, what])
  return { kind: 'finding', id, engine, ...found }
}
