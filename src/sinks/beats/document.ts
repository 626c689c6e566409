import type { Sequenced } from '../../model/entry.ts'
import { version } from '../../model/version.ts'
import { formats, type FormatName } from '../formats/formats.ts'
import { instantOf } from '../formats/instant.ts'

/** What every Beat says of itself, and Logstash keeps beside the event: `%{[@metadata][beat]}`. */
const CLIENT = `"beat":"auditor","type":"_doc","version":${JSON.stringify(version)}`

/**
 * An entry as Logstash expects an event of a Beat: `@metadata`, with the entry's id as `_id`, and
 * `@timestamp` before what the format writes. Nothing the format wrote is touched, so its numbers
 * keep their digits.
 */
export function documentOf(entry: Sequenced, format: FormatName): Buffer {
  const body = formats[format](entry).trimStart()
  const timestamp = format === 'ecs' ? '' : `"@timestamp":"${instantOf(entry.time)}",`
  return Buffer.from(`{"@metadata":{${CLIENT},"_id":"${entry.id}"},${timestamp}${body.slice(1)}`)
}
