import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  classic,
  classicDocument,
  classicWithTime,
  entriesFor,
} from '../../../../src/sinks/formats/classic.ts'
import { goJson } from '../../../../src/sinks/formats/go-json.ts'
import { plainRecord } from '../../../support/entries.ts'
import { runs } from '../../../support/property.ts'
import { serviceMarker } from '../../../support/service-markers.ts'

const INFO =
  '{"ID":"vm:web:80","Name":"nginx","Port":8080,"IP":"192.0.2.1","Tags":[],"Attrs":{},"TTL":0,"Origin":{"HostPort":"8080","HostIP":"192.0.2.1","ExposedPort":"80","ExposedIP":"172.17.0.2","PortType":"tcp","ContainerHostname":"c0ffee","ContainerID":"c1"}}'

test('the line of 2015: its keys in their order, and no time', () => {
  assert.equal(
    classic(serviceMarker(1, {}, 'stop')),
    `{"container_name":"nginx","action":"stop","info":${INFO}}`,
  )
})

// Written by Go 1.26's encoding/json from the same values.
const GO = String.raw`{"container_name":"a\u003cb\u003e\u0026'\"\\/é😀","Attrs":{"10":"ten","9":"nine","a":"","b":"x\ty\nz\rq\u0001\u001f${'\u007f'}\u2028\u2029","é":"e",${'"\uffff"'}:"f","😀":"s"},"TTL":30,"Tags":[]}`

test('texts are escaped, and maps sorted, as Go does', () => {
  assert.equal(goJson(JSON.parse(GO)), GO)
})

test('whatever Go writes is read as what was meant', () => {
  const property = fc.property(fc.dictionary(fc.string(), fc.string()), (Attrs) => {
    const line = classic(serviceMarker(1, { Attrs: { ...Attrs } }))
    assert.doesNotMatch(line, /[<>&\u2028\u2029\n]/)
    const { info } = JSON.parse(line) as { info: { Attrs: object } }
    assert.deepEqual(info.Attrs, { ...Attrs })
  })
  fc.assert(property, runs(300))
})

test('the time is an option, and that of the event', () => {
  const entry = serviceMarker(1)
  const { '@timestamp': time, ...rest } = JSON.parse(classicWithTime(entry)) as {
    '@timestamp': string
  }
  assert.equal(JSON.stringify(rest), classic(entry))
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/)
  assert.equal(new Date(time).getTime(), 1_795_358_967_123)
})

for (const [zone, expected] of [
  ['UTC', '2026-11-22T14:49:27.123Z'],
  ['Asia/Kolkata', '2026-11-22T20:19:27.123+05:30'],
  ['America/St_Johns', '2026-11-22T11:19:27.123-03:30'],
] as const) {
  test(`the document of Elasticsearch has the local time: ${zone}`, (t) => {
    const before = process.env['TZ']
    process.env['TZ'] = zone
    t.after(() => {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    })
    assert.deepEqual(JSON.parse(classicDocument(serviceMarker(1))), {
      container_name: 'nginx',
      action: 'start',
      message: INFO,
      '@timestamp': expected,
    })
  })
}

test('sinks with it take services and nothing else', () => {
  const { accepts } = entriesFor('classic')
  assert.equal(accepts?.(serviceMarker(1)), true)
  assert.equal(accepts?.(plainRecord(1)), false)
  assert.deepEqual(entriesFor('ecs'), {})
})
