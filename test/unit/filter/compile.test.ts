import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compileFilter, requireFilter } from '../../../src/filter/compile.ts'
import type { DockerEvent } from '../../../src/model/docker-event.ts'
import { gapOf, markerOf, recordOf } from '../../../src/model/entry-factory.ts'
import type { Entry, Record as EventRecord } from '../../../src/model/entry.ts'
import { factsOf } from '../../support/records.ts'

const engine = { id: 'e', name: 'host', version: '28', apiVersion: '1.52' }
const id = '3f9c1a2b7d60f915ecee7d7222c926a748d19150ec1a69c4410fdd5727e04877'

const event: DockerEvent = {
  type: 'container',
  action: 'health_status: unhealthy',
  actorId: id,
  attributes: { name: 'web-a', image: 'acme/shop/api:1.4.2', team: 'pay', 'auditor.ignore': '' },
  time: 1n,
  line: '{}',
}
/** One nanosecond after the event. */
const NOW = 2n
const record = recordOf(engine, event)
const gap = gapOf({ from: 0n, to: 1n, cause: 'reconnect', certainty: 'possible' })
const marker = markerOf({ time: 1n, marker: 'agent-started', data: {} })

const facts = factsOf(id, {
  name: 'real-name',
  image: { name: 'real/image:2', id: 'sha256:ab' },
  labels: { name: 'shadow', team: 'ops' },
})

function expectAll(entry: Entry, yes: readonly string[], no: readonly string[]): void {
  const matches = (text: string): boolean => compileFilter(requireFilter(text, NOW), NOW)(entry)
  for (const text of yes) assert.equal(matches(text), true, `should match: ${text}`)
  for (const text of no) assert.equal(matches(text), false, `should not match: ${text}`)
}

suite('what the terms mean', () => {
  test('type, action, name, image', () => {
    expectAll(
      record,
      ['type:container', 'type:con*', 'action:health_status', 'action:health_*', 'event:health*'],
      ['type:Container', 'type:contain', 'action:health', 'action:unhealthy'],
    )
    expectAll(
      record,
      ['action:"health_status: unhealthy"', 'action:"health_status: *"'],
      ['action:"health_status: healthy"'],
    )
    expectAll(
      record,
      ['name:web-a', 'name:web-?', 'image:acme/*', 'image:*:1.4.2', 'image:"*shop*"', 'name:*'],
      ['name:web', 'image:acme', 'image:acme/?', 'name:""'],
    )
  })

  test('ids by their beginnings; words in name and image, and beginnings of ids', () => {
    expectAll(record, [`id:${id}`, 'id:3f9c1a2b', 'id:3*'], ['id:9c1a', 'id:3F9C'])
    expectAll(record, ['web', 'shop/api', 'w*-a', '3f9c1a'], ['9c1a2b', '3f9', 'worker'])
    const image = recordOf(engine, { ...event, type: 'image', actorId: `sha256:${id}` })
    expectAll(image, ['id:3f9c', 'id:sha256:3f9c'], ['id:256'])
  })

  test('labels', () => {
    expectAll(
      record,
      ['label.team:pay', 'label.team=p*', 'label.team:*', 'label:team', 'label:auditor.*'],
      ['label.team:""', 'label.constructor:*', 'label:tea', 'label:toString'],
    )
    expectAll(record, ['label.auditor.ignore:""'], ['label.auditor.ignore:true'])
  })

  test('facts win over attributes, which a label may have replaced', () => {
    expectAll(
      { ...record, container: facts },
      ['name:real-name', 'image:real/*', 'label.name:shadow', 'label.team:ops', 'label:auditor.*'],
      ['name:web-a', 'image:acme/*', 'label.team:pay'],
    )
  })

  test('images and volumes have names, too', () => {
    const attributes = { name: 'shop/api:1' }
    const image = recordOf(engine, { ...event, type: 'image', actorId: 'sha256:ab', attributes })
    expectAll(image, ['image:shop/*', 'name:shop/*'], [])
    const volume = recordOf(engine, {
      ...event,
      type: 'volume',
      actorId: 'vol-a',
      attributes: { driver: 'local' },
    })
    expectAll(volume, ['name:vol-*', 'vol-'], ['image:*'])
  })

  const die = (changes: Partial<DockerEvent>, flags: EventRecord['flags'] = []): Entry => ({
    ...recordOf(engine, { ...event, action: 'die', attributes: { exitCode: '137' }, ...changes }),
    flags,
  })

  test('exit codes, and none where a label may have taken the place', () => {
    expectAll(
      die({}),
      ['exit:137', 'exit>=128', 'exit!=0', 'exit:1..137', 'exit:0,137', 'exit<138', '-exit:0'],
      ['exit:0', 'exit>137', 'exit!=0,137', 'exit:1..136', 'exit<137'],
    )
    expectAll(
      die({}, ['label-shadows-attribute']),
      ['NOT exit:137', 'flag:*'],
      ['exit!=0', 'exit:137'],
    )
    expectAll(die({ action: 'start' }), ['-exit:0'], ['exit:137', 'exit!=0', 'exit>=0'])
    expectAll(die({ action: 'exec_die' }), ['exit:137'], [])
    expectAll(record, [], ['exit:0', 'exit!=0', 'flag:*'])
  })

  test('signals by number and name', () => {
    const kill = die({ action: 'kill', attributes: { signal: '15' } })
    expectAll(kill, ['signal:15', 'signal:TERM', 'signal:sigterm', 'signal!=9'], ['signal:9'])
    const named = die({ action: 'kill', attributes: { signal: 'SIGKILL' } })
    expectAll(named, ['signal:9', 'signal:KILL,TERM'], ['signal!=KILL'])
    expectAll(die({}), [], ['signal:9', 'signal!=9'])
  })

  test('times: absolute and before now, both ends included', () => {
    const at = (time: bigint): Entry => ({ ...record, time })
    expectAll(
      at(1n),
      ['time>=1970-01-01T00:00:00.000000001Z', 'until:now', 'since:"1s ago"', 'time<now'],
      ['time>1970-01-01T00:00:00.000000001Z', 'since:now', 'until:1969-12-31T23:59:59Z'],
    )
    const day = 'time:2026-11-22T00:00:00Z..2026-11-23T00:00:00Z'
    expectAll(at(1_795_305_600_000_000_000n), [day], [])
    expectAll(
      at(1_795_392_000_000_000_000n),
      [day, 'time:"now..2026-11-23T00:00:00Z",2030-01-01..2040-01-01'],
      [],
    )
    expectAll(at(1_795_392_000_000_000_001n), ['NOT until:2026-11-23T00:00:00Z'], [day])
  })

  test('engines by id and name; origin, enrichment, project and service', () => {
    expectAll(
      record,
      ['engine:host', 'engine:e', 'engine!=other', 'origin:observed', 'enrichment:none,cached'],
      ['engine!=host', 'origin!=observed', 'project:*', 'service!=web'],
    )
    const compose = {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.swarm.service.name': 'shop_web',
    }
    expectAll(die({ attributes: compose }), ['project:shop', 'service:web'], ['service:shop_web'])
    const { 'com.docker.swarm.service.name': swarm } = compose
    const attributes = { 'com.docker.swarm.service.name': swarm }
    expectAll(die({ attributes }), ['service:shop_web'], ['project:*'])
  })

  test('gaps and markers: asked for by kind, and by nothing else', () => {
    expectAll(
      gap,
      ['kind:gap', 'NOT name:web*', '', '-kind:record', 'cause:reconnect', 'certainty:p*'],
      ['kind:marker', 'name:*', 'a', 'name!=web', 'cause!=reconnect', 'engine:*', 'marker:*'],
    )
    expectAll(
      marker,
      ['marker:agent-*', 'kind!=gap', 'kind:marker', 'kind:gap OR kind:marker'],
      ['type:*', 'id:*', 'label:*'],
    )
    expectAll(record, ['kind:record'], ['kind:gap'])
  })
})
