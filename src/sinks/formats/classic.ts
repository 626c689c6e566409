import type { Entry, Sequenced } from '../../model/entry.ts'
import { isServiceMarker } from '../../model/service-marker.ts'
import { millisFromNanos, type Nanoseconds } from '../../model/time.ts'
import type { Format } from './format.ts'
import { goJson } from './go-json.ts'

/** What `auditor` of 2015 sent to Logstash, byte for byte. Only services have such a form. */
export const classic: Format = (entry) => {
  const { name, action, service } = classicOf(entry)
  return `{"container_name":${name},"action":"${action}","info":${service}}`
}

/** The same with the time, which that program left to the receiver. */
export const classicWithTime: Format = (entry) =>
  `${classic(entry).slice(0, -1)},"@timestamp":"${localTime(entry.time)}"}`

/** What it sent to Elasticsearch. */
export const classicDocument: Format = (entry) => {
  const { name, action, service } = classicOf(entry)
  return `{"container_name":${name},"action":"${action}","message":${goJson(service)},"@timestamp":"${localTime(entry.time)}"}`
}

/** Of a sink that writes this format: which entries there are for it. */
export function entriesFor(format: string): { readonly accepts?: (entry: Entry) => boolean } {
  return format === 'classic' ? { accepts: isServiceMarker } : {}
}

interface Classic {
  /** As JSON. */
  readonly name: string
  readonly action: 'start' | 'stop'
  /** As JSON. */
  readonly service: string
}

/** @throws Error for what is no service: sinks with this format are not given it */
function classicOf(entry: Sequenced): Classic {
  if (!isServiceMarker(entry)) throw new Error(`no service, and nothing to write: ${entry.id}`)
  const { marker, data } = entry
  return {
    name: goJson(data.name),
    action: marker === 'service-start' ? 'start' : 'stop',
    service: goJson(JSON.parse(data.service)),
  }
}

/** `2026-11-23T09:10:00.123+01:00`, in this machine's time zone; `Z` where that is UTC. */
function localTime(time: Nanoseconds): string {
  const date = new Date(millisFromNanos(time))
  const offset = -date.getTimezoneOffset()
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
  if (offset === 0) return `${local}Z`
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const digits = (number: number): string => String(number).padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${digits(hours)}:${digits(minutes)}`
}
