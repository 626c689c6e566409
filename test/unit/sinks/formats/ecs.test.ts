import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { eventView, type WireEvent } from '../../../../src/model/entry-codec.ts'
import { gapOf, markerOf, recordOf } from '../../../../src/model/entry-factory.ts'
import type { ContainerFacts } from '../../../../src/model/container-facts.ts'
import type { Entry, Record, Sequenced } from '../../../../src/model/entry.ts'
import { formatNanos } from '../../../../src/model/time.ts'
import { ecs } from '../../../../src/sinks/formats/ecs.ts'
import { ecsFields } from '../../../../src/sinks/formats/ecs-fields.ts'
import { entry as anyEntry } from '../../../support/arbitraries.ts'
import { engine, plainRecord, START_NANOS } from '../../../support/entries.ts'
import { runs } from '../../../support/property.ts'

/** A document's fields by their dotted names, down to the declared ones. */
function fieldsOf(entry: Sequenced): { [field: string]: unknown } {
  const declared = new Set(ecsFields.map(({ field }) => field))
  const fields: { [field: string]: unknown } = {}
  const walk = (value: object, path: string): void => {
    for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
      const at = path === '' ? name : `${path}.${name}`
      if (declared.has(at)) fields[at] = inner
      else if (typeof inner === 'object' && inner !== null) walk(inner, at)
      else assert.fail(`${at} is not declared`)
    }
  }
  walk(JSON.parse(ecs(entry)) as object, '')
  return fields
}

const at = <E extends Entry>(entry: E, seq = 7): Sequenced<E> => ({ ...entry, seq })

const facts: ContainerFacts = {
  id: 'c0ffee',
  name: 'web',
  image: { name: 'shop/api:1.4.2', id: 'sha256:7be1' },
  labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' },
  command: ['sh', '-c', 'serve'],
  created: START_NANOS,
  hostname: 'c0ffee',
  state: {
    status: 'exited',
    startedAt: START_NANOS,
    finishedAt: START_NANOS + 4_500_000_123n,
    exitCode: 3,
    oomKilled: false,
    error: '',
    restartCount: 2,
  },
  ports: [{ port: '80/tcp', hostIp: '0.0.0.0', hostPort: '8080' }, { port: '443/tcp' }],
  networkMode: 'bridge',
  networks: [{ name: 'bridge', ipv4: '172.17.0.2', ipv6: 'not an address' }],
  mounts: [{ type: 'volume', source: 'vol-a', destination: '/data', readOnly: true }],
  limits: { memoryBytes: 536_870_912, nanoCpus: 0, pids: 0 },
  restartPolicy: { name: 'on-failure', maximumRetryCount: 5 },
  privileged: true,
  autoRemove: false,
  capAdd: [],
  hostNamespaces: [],
  envNames: ['PATH'],
}

function dying(
  changes: Partial<Record> & { attributes?: { [name: string]: string } } = {},
): Record {
  const { attributes, ...rest } = changes
  const record = plainRecord(5, attributes ?? { exitCode: '3', execDuration: '4' }, 'die')
  return { ...record, ...rest }
}

const fresh = { container: facts, enrichment: 'fresh' } as const
const shadowed = { flags: ['label-shadows-attribute'] } as const

describe('ecs', () => {
  test('any entry is one line of well-formed JSON with declared fields only', () => {
    fc.assert(
      fc.property(anyEntry, fc.integer({ min: 1 }), (entry, seq) => {
        const line = ecs({ ...entry, seq })
        assert.ok(!/[\r\n]/.test(line))
        assert.ok(line.isWellFormed())
        assert.ok(!JSON.stringify(JSON.parse(line)).includes(String.raw`\ud`))
        const fields = fieldsOf({ ...entry, seq })
        assert.equal(fields['event.id'], entry.id)
        assert.equal(fields['event.sequence'], seq)
        assert.equal(fields['@timestamp'], formatNanos(entry.time))
      }),
      runs(100),
    )
  })

  test('a lone surrogate becomes U+FFFD, text that looks like one stays', () => {
    const text = '\uD800 \\ud800 \\\\ud800 🐳 \\\uDC00'
    const fields = fieldsOf(at(plainRecord(1, { label: text })))
    assert.deepEqual(fields['container.labels'], {
      label: '\uFFFD \\ud800 \\\\ud800 🐳 \\\uFFFD',
    })
  })

  test('every event of a recorded trace has a class, a message and an outcome', () => {
    const trace = readFileSync('test/fixtures/traces/lifecycle/events.ndjson', 'utf8')
    for (const line of trace.trimEnd().split('\n')) {
      const time = BigInt(/"timeNano":(\d+)/.exec(line)![1]!)
      const record = recordOf(engine, eventView(JSON.parse(line) as WireEvent, time, line))
      const fields = fieldsOf(at(record))
      assert.ok(!String(fields['message']).includes(': '.concat(record.event.action)), line)
      assert.notEqual(fields['event.outcome'], undefined)
      assert.equal(fields['docker.event.time_nano'], String(time))
    }
  })

  test('a record with all its facts', () => {
    const fields = fieldsOf(at(dying(fresh)))
    assert.equal(fields['message'], 'container web-5 (shop/api:1.4.2) died with exit code 3')
    assert.deepEqual(fields['event.category'], ['process'])
    assert.deepEqual(fields['event.type'], ['end'])
    assert.equal(fields['event.kind'], 'event')
    assert.equal(fields['event.outcome'], 'failure')
    assert.equal(fields['event.duration'], 4_500_000_123)
    assert.equal(fields['process.exit_code'], 3)
    assert.equal(fields['host.name'], 'host-a')
    assert.equal(fields['container.image.name'], 'shop/api')
    assert.deepEqual(fields['container.image.tag'], ['1.4.2'])
    assert.deepEqual(fields['container.image.hash.all'], ['sha256:7be1'])
    assert.equal(fields['orchestrator.type'], 'compose')
    assert.equal(fields['orchestrator.namespace'], 'shop')
    assert.equal(fields['orchestrator.resource.name'], 'api')
    assert.equal(fields['container.security_context.privileged'], true)
    assert.deepEqual(fields['docker.container.ports'], [
      { port: '80/tcp', host_ip: '0.0.0.0', host_port: 8080 },
      { port: '443/tcp' },
    ])
    assert.deepEqual(fields['docker.container.networks'], [{ name: 'bridge', ipv4: '172.17.0.2' }])
    assert.deepEqual(fields['docker.container.env_names'], ['PATH'])
    assert.equal(fields['auditor.enrichment'], 'fresh')
    assert.equal(fields['auditor.flags'], undefined)
  })

  test('without facts the labels are the attributes that are not the engine’s own', () => {
    const fields = fieldsOf(at(dying({ attributes: { exitCode: '0', team: 'red' } })))
    assert.deepEqual(fields['container.labels'], { team: 'red' })
    assert.equal(fields['event.outcome'], 'success')
  })

  test('a network event names its container', () => {
    const time = START_NANOS
    const event = {
      type: 'network',
      action: 'connect',
      actorId: 'net',
      attributes: { container: 'c0ffee', name: 'net-a', type: 'bridge' },
      time,
      line: '{}',
    }
    const fields = fieldsOf(at(recordOf(engine, event)))
    assert.equal(fields['container.id'], 'c0ffee')
    assert.equal(fields['container.name'], undefined)
    assert.equal(fields['message'], 'network net-a was connected to a container')
  })

  test('an exec has its command line', () => {
    const fields = fieldsOf(at(plainRecord(1, { execID: 'e' }, 'exec_start: sh -c date: now')))
    assert.equal(fields['event.action'], 'exec_start')
    assert.equal(fields['docker.event.action'], 'exec_start: sh -c date: now')
    assert.equal(fields['process.command_line'], 'sh -c date: now')
  })

  test('a snapshot is a state', () => {
    const fields = fieldsOf(at({ ...dying(fresh), origin: 'snapshot' }))
    assert.equal(fields['event.kind'], 'state')
    assert.equal(fields['event.outcome'], undefined)
    assert.equal(fields['message'], 'container web-5 (shop/api:1.4.2) exists (exited)')
  })

  test('what was concluded says between when it happened', () => {
    const inferred = { earliest: START_NANOS, latest: START_NANOS + 60_000_000_000n }
    const fields = fieldsOf(at({ ...dying(fresh), origin: 'inferred', inferred }))
    assert.equal(fields['auditor.origin'], 'inferred')
    assert.equal(fields['auditor.inferred.earliest'], '2026-11-22T00:00:00.000000000Z')
    assert.equal(fields['auditor.inferred.latest'], '2026-11-22T00:01:00.000000000Z')
    assert.match(
      String(fields['message']),
      / \(inferred: between 2026-11-22T00:00:00\.000000000Z and 2026-11-22T00:01:00\.000000000Z\)$/,
    )
  })

  test('an unknown action is told as it came', () => {
    const fields = fieldsOf(at(plainRecord(1, {}, 'constructor')))
    assert.equal(fields['message'], 'container web-1 (shop/api:1.4.2): constructor')
    assert.deepEqual(fields['event.type'], ['info'])
  })

  describe('the exit code, where a label may have replaced it', () => {
    test('comes from inspect that saw this death', () => {
      const fields = fieldsOf(at(dying({ ...fresh, ...shadowed, attributes: { exitCode: '0' } })))
      assert.equal(fields['process.exit_code'], 3)
      assert.equal(fields['event.outcome'], 'failure')
    })

    for (const [why, changes] of [
      ['there are no facts', {}],
      ['the facts are older', { ...fresh, enrichment: 'cached' }],
      ['it lives again', { container: withState({ startedAt: START_NANOS + 6_000_000_000n }) }],
      [
        'the facts are of a later death',
        { container: withState({ finishedAt: START_NANOS * 2n }) },
      ],
    ] as const) {
      test(`is left out where ${why}`, () => {
        const enrichment = 'container' in changes ? ('fresh' as const) : ('missing' as const)
        const record = dying({ enrichment, ...changes, ...shadowed, attributes: { exitCode: '0' } })
        const fields = fieldsOf(at(record))
        assert.equal(fields['process.exit_code'], undefined)
        assert.equal(fields['event.outcome'], 'unknown')
        assert.equal(fields['event.duration'], undefined)
        assert.deepEqual(fields['auditor.flags'], ['label-shadows-attribute'])
      })
    }
  })

  test('a gap', () => {
    const gap = gapOf({
      engine,
      from: START_NANOS,
      to: START_NANOS + 90_000_000_000n,
      cause: 'overflow',
      certainty: 'certain',
      count: 12,
    })
    const fields = fieldsOf(at(gap))
    assert.equal(fields['event.kind'], 'pipeline_error')
    assert.equal(fields['event.action'], 'gap')
    assert.equal(fields['event.outcome'], 'failure')
    assert.equal(fields['event.reason'], 'overflow')
    assert.equal(fields['event.duration'], 90_000_000_000)
    assert.equal(fields['auditor.gap.count'], 12)
    assert.equal(
      fields['message'],
      '12 events were lost between 2026-11-22T00:00:00.000000000Z and 2026-11-22T00:01:30.000000000Z: overflow',
    )
    assert.equal(fields['docker.event.type'], undefined)
  })

  test('a marker', () => {
    const marker = markerOf({ time: START_NANOS, marker: 'agent-started', data: { version: '1' } })
    const fields = fieldsOf(at(marker))
    assert.equal(fields['event.action'], 'agent-started')
    assert.deepEqual(fields['auditor.marker.data'], { version: '1' })
    assert.equal(fields['message'], 'auditor: agent started')
  })
})

function withState(state: Partial<ContainerFacts['state']>): ContainerFacts {
  return { ...facts, state: { ...facts.state, ...state } }
}
