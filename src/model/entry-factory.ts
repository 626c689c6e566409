import { contentId, eventId } from './entry-id.ts'
import type { EngineRef, Gap, Marker, Record } from './entry.ts'
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
