import type { Entry, Marker } from './entry.ts'

/**
 * What a profile's old program would have told: a service as JSON text under `service`, its name under
 * `name`, and under `record` the id of the record it follows from; none where a resync tells it again.
 */
export type ServiceMarker = Marker & {
  readonly marker: 'service-start' | 'service-stop'
  readonly data: { readonly name: string; readonly service: string; readonly record?: string }
}

export function isServiceMarker(entry: Entry): entry is ServiceMarker {
  return (
    entry.kind === 'marker' &&
    (entry.marker === 'service-start' || entry.marker === 'service-stop') &&
    typeof entry.data['service'] === 'string'
  )
}
