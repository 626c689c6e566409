import { version } from '../../model/version.ts'
import { messageOf } from './ecs-message.ts'
import { ecsSourceOf, type EcsSource } from './ecs-source.ts'
import { eventOutcome } from './ecs-verdict.ts'
import type { Format } from './format.ts'
import {
  otelAttributes,
  otelResource,
  type AttributeValue,
  type OtelAttribute,
} from './otel-attributes.ts'

/** OpenTelemetry's numbers of severities. */
const INFO = { severityNumber: 9, severityText: 'INFO' }
const WARN = { severityNumber: 13, severityText: 'WARN' }

/**
 * One request of OTLP's JSON encoding with one log record, as OpenTelemetry's file exporter writes
 * them: the Collector reads such files (`otlpjsonfilereceiver`). 64-bit numbers are text there.
 */
export const otel: Format = (entry) => {
  const source = ecsSourceOf(entry)
  const logRecord = {
    timeUnixNano: String(entry.time < 0n ? 0n : entry.time),
    ...severityOf(source),
    eventName: eventNameOf(source),
    body: { stringValue: messageOf(source).toWellFormed() },
    attributes: attributesOf(otelAttributes, source),
  }
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: attributesOf(otelResource, source) },
        scopeLogs: [{ scope: { name: 'auditor', version }, logRecords: [logRecord] }],
      },
    ],
  })
}

/** What failed, or may be missing, is worth a warning; the engine tells of successes else. */
function severityOf(source: EcsSource): typeof INFO {
  const isWorse = source.gap !== undefined || source.alert?.state === 'firing'
  return isWorse || eventOutcome(source) === 'failure' ? WARN : INFO
}

function eventNameOf({ entry, event, action, gap, marker }: EcsSource): string {
  if (entry.kind === 'life') return 'auditor.life'
  if (entry.kind === 'alert') return 'auditor.alert'
  if (entry.kind === 'finding') return `auditor.finding.${entry.finding}`
  if (gap !== undefined) return 'auditor.gap'
  if (marker !== undefined) return `auditor.${marker.marker}`
  return `docker.${event?.type}.${action}`.toWellFormed()
}

function attributesOf(declared: readonly OtelAttribute[], source: EcsSource): KeyValue[] {
  return declared.flatMap(({ attribute, value }) => keyValues(attribute, value(source)))
}

interface KeyValue {
  readonly key: string
  readonly value: object
}

function keyValues(key: string, value: AttributeValue | undefined): KeyValue[] {
  if (value === undefined) return []
  if (typeof value !== 'object') return [{ key, value: anyValue(value) }]
  if (isList(value)) return [{ key, value: { arrayValue: { values: value.map(anyValue) } } }]
  return Object.entries(value).map(([name, inner]) => ({
    key: `${key}.${name}`.toWellFormed(),
    value: anyValue(inner),
  }))
}

const isList = (value: object): value is readonly string[] => Array.isArray(value)

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
