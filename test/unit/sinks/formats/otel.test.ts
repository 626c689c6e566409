import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Sequenced } from '../../../../src/model/entry.ts'
import { markerOf } from '../../../../src/model/entry-factory.ts'
import { otelAttributes, otelResource } from '../../../../src/sinks/formats/otel-attributes.ts'
import { otel } from '../../../../src/sinks/formats/otel.ts'
import { gapFor, plainRecord, START_NANOS } from '../../../support/entries.ts'

interface Written {
  readonly resource: { readonly [name: string]: unknown }
  readonly record: {
    readonly timeUnixNano: string
    readonly severityNumber: number
    readonly eventName: string
    readonly body: { readonly stringValue: string }
  }
  readonly attributes: { readonly [name: string]: unknown }
}

type KeyValues = readonly { readonly key: string; readonly value: object }[]

const valuesOf = (list: KeyValues) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0] as unknown]))

function written(entry: Sequenced): Written {
  const { resourceLogs } = JSON.parse(otel(entry)) as {
    resourceLogs: [
      {
        resource: { attributes: KeyValues }
        scopeLogs: [{ logRecords: [Written['record'] & { attributes: KeyValues }] }]
      },
    ]
  }
  const [{ resource, scopeLogs }] = resourceLogs
  const [record] = scopeLogs[0].logRecords
  return {
    resource: valuesOf(resource.attributes),
    record,
    attributes: valuesOf(record.attributes),
  }
}

/** Of the registry of OpenTelemetry's semantic conventions 1.4x: the attributes used here. */
const conventions = new Set([
  'host.name', 'log.record.uid', 'container.id', 'container.name', 'container.image.name',
  'container.image.tags', 'container.image.id', 'oci.manifest.digest', 'container.label',
  'process.exit.code',
]) // prettier-ignore

test('no name outside docker and auditor is one that the conventions do not have', () => {
  const all = [...otelResource, ...otelAttributes]
  for (const { attribute, description } of all) {
    assert.ok(/^(?:docker|auditor)\./.test(attribute) || conventions.has(attribute), attribute)
    assert.ok(description.length > 5, attribute)
  }
  assert.equal(new Set(all.map(({ attribute }) => attribute)).size, all.length)
})

test('a record: exact time, where it happened, what it is, one attribute a label', () => {
  const made = plainRecord(7, { 'team.lead': 'ann', exitCode: '3' }, 'die')
  const { resource, record, attributes } = written({ ...made, seq: 41 })
  assert.deepEqual(resource, {
    'host.name': 'host-a',
    'docker.engine.id': 'engine-a',
    'docker.engine.version': '28.5.2',
  })
  assert.equal(record.timeUnixNano, String(START_NANOS + 7_000_000_000n))
  assert.equal(record.eventName, 'docker.container.die')
  assert.equal(record.severityNumber, 13, 'it failed')
  assert.match(record.body.stringValue, /web-7/)
  assert.equal(attributes['log.record.uid'], made.id)
  assert.equal(attributes['container.image.name'], 'shop/api')
  assert.deepEqual(attributes['container.image.tags'], { values: [{ stringValue: '1.4.2' }] })
  assert.equal(attributes['container.label.team.lead'], 'ann')
  assert.equal(attributes['process.exit.code'], '3')
  assert.equal(attributes['docker.event.actor.attribute.name'], 'web-7')
  assert.equal(attributes['auditor.sequence'], '41')
})

test('a start is no warning, a gap is, and a marker has its details', () => {
  assert.equal(written({ ...plainRecord(1), seq: 1 }).record.severityNumber, 9)
  const gap = written({ ...gapFor('es', 5), seq: 2 })
  assert.deepEqual([gap.record.eventName, gap.record.severityNumber], ['auditor.gap', 13])
  assert.equal(gap.attributes['auditor.gap.to'], '2026-11-22T00:00:00.000000005Z')
  assert.deepEqual(gap.resource, {})
  const data = { version: '1.2.3', pid: 7 }
  const marker = written({ ...markerOf({ time: 1n, marker: 'agent-started', data }), seq: 3 })
  assert.equal(marker.record.eventName, 'auditor.agent-started')
  assert.equal(marker.attributes['auditor.marker.data.version'], '1.2.3')
  assert.equal(marker.attributes['auditor.marker.data.pid'], '7')
})

test('whatever labels hold, a document is one line of well-formed JSON', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.dictionary(text, text), (labels) => {
      const line = otel({ ...plainRecord(1, labels), seq: 1 })
      assert.ok(!/[\r\n]/.test(line) && line.isWellFormed())
      JSON.parse(line)
    }),
  )
})
