import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Subject } from 'rxjs'
import { createPipeline } from '../../../src/agent/pipeline.ts'
import { addServiceMarkers } from '../../../src/agent/service-markers.ts'
import type { ProfileName } from '../../../src/config/profile-schema.ts'
import type { InspectableEngine } from '../../../src/docker/port.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Entry, Record } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { isServiceMarker } from '../../../src/model/service-marker.ts'
import { noteInputs } from '../../../src/profiles/noted-inputs.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { record } from '../../support/records.ts'
import { chosen, inspectAnswer, type Container } from '../../support/services.ts'

const START_MS = 1_795_358_966_000

interface Run {
  readonly clock: ManualClock
  /** What inspect answers of it from now on; `undefined`: it is gone. */
  readonly put: (id: string, container: Container | undefined) => void
  /** While true, inspect never answers. */
  hanging: boolean
  readonly asked: string[]
  readonly give: (value: Record) => Promise<void>
  /** Actions of records and `+name`, `-name` of services, in the journal's order. */
  readonly seen: () => string
  readonly entries: readonly Entry[]
}

/** A whole pipeline, from the watcher's records to what is written. */
function run(t: TestContext, name: ProfileName, settings: object = {}): Run {
  const clock = createManualClock({ startMs: START_MS })
  const containers = new Map<string, Container>()
  const asked: string[] = []
  const entries: Entry[] = []
  const engine: InspectableEngine = {
    endpoint: 'test:',
    open: () => assert.fail('nobody opens it'),
    info: () => assert.fail('nobody asks it about itself'),
    ping: () => Promise.resolve(),
    inspect: () => assert.fail('inspect is asked whole'),
    list: (_, which) => Promise.resolve(which === 'running' ? [...containers.keys()] : []),
    async inspectJson(id) {
      asked.push(id)
      if (self.hanging) await new Promise(() => undefined)
      const container = containers.get(id)
      return container === undefined ? undefined : inspectAnswer('published', { id, ...container })
    },
  }
  const profile = chosen(name, settings)
  const noted = noteInputs(engine, profile.wanted)
  const { engine: inspector, inputsOf } = noted
  const pipeline = createPipeline({
    inspector,
    services: addServiceMarkers({ profile, inputsOf, inspector, clock, log: silentLog }),
    write: async ({ entries: written }) => void entries.push(...written),
    clock,
  })
  const source = new Subject<Entry>()
  const subscription = source.pipe(pipeline.run).subscribe()
  t.after(() => subscription.unsubscribe())
  const self: Run = {
    clock,
    hanging: false,
    asked,
    entries,
    put(id, container) {
      if (container === undefined) containers.delete(id)
      else containers.set(id, container)
    },
    async give(value) {
      source.next(value)
      await clock.settle()
      await clock.advance(10)
    },
    seen: () =>
      entries
        .map((entry) => {
          if (isServiceMarker(entry))
            return `${entry.marker === 'service-start' ? '+' : '-'}${entry.data.name}`
          return entry.kind === 'record' ? entry.event.action : entry.kind
        })
        .join(' '),
  }
  return self
}

const ONE: Container = { ports: { '80/tcp': '8080' } }

test('services stand behind the record they follow from, with its id and its time', async (t) => {
  const { give, put, seen, entries } = run(t, 'auditor-2015')
  put('c1', ONE)
  for (const action of ['create', 'start', 'kill', 'die', 'stop']) await give(record(action))
  assert.equal(seen(), 'create start +nginx kill -nginx die stop')
  const [, start, marker] = entries
  assert.ok(marker !== undefined && isServiceMarker(marker) && start?.kind === 'record')
  assert.equal(marker.data.record, start.id)
  assert.equal(marker.time, start.time)
  assert.deepEqual(marker.engine, start.engine)
})

test('registrator-7 knows no kill, and stops at die', async (t) => {
  const { give, put, seen } = run(t, 'registrator-7')
  put('c1', ONE)
  for (const action of ['start', 'kill', 'die', 'stop']) await give(record(action))
  assert.equal(seen(), 'start +nginx kill die -nginx stop')
})

test('the same record gives the same entry: what a crash repeats is in the journal once', async (t) => {
  const idOf = async (): Promise<string | undefined> => {
    const { give, put, entries } = run(t, 'auditor-2015')
    put('c1', ONE)
    await give(record('start'))
    return entries[1]?.id
  }
  const id = await idOf()
  assert.match(id ?? '', /^[0-9a-f]{32}$/)
  assert.equal(await idOf(), id)
})

test('an inspect that never answers holds nothing up: no service until the resync', async (t) => {
  const agent = run(t, 'auditor-2015', { resync: 60 })
  agent.put('c1', ONE)
  agent.hanging = true
  await agent.give(record('start'))
  await agent.clock.advance(5_000)
  assert.equal(agent.seen(), 'start')
  agent.hanging = false
  await agent.clock.advance(60_000)
  assert.equal(agent.seen(), 'start +nginx')
})

test('a resync tells again what runs, and first what it did not know; without asking for the known', async (t) => {
  const { give, put, seen, clock, asked } = run(t, 'auditor-2015', { resync: 60 })
  put('c1', ONE)
  await give(record('start'))
  put('c2', { ...ONE, image: 'late' })
  asked.length = 0
  await clock.advance(60_000)
  assert.equal(seen(), 'start +nginx +nginx +late')
  assert.deepEqual(asked, ['c2'])
  await clock.advance(60_000)
  assert.equal(seen(), 'start +nginx +nginx +late +nginx +late')
})

test('-cleanup: a resync stops what went without a word', async (t) => {
  const { give, put, seen, clock } = run(t, 'registrator-7', { resync: 60, cleanup: true })
  put('c1', ONE)
  await give(record('start'))
  put('c1', undefined)
  await clock.advance(60_010)
  assert.equal(seen(), 'start +nginx -nginx')
})

test('what was there before is told as started, once', async (t) => {
  const { give, put, seen } = run(t, 'auditor-2015')
  put('c1', ONE)
  await give(record('start'))
  await give({ ...record('snapshot'), origin: 'snapshot' })
  assert.equal(seen(), 'start +nginx snapshot')
})

test('on-success goes by the exit code of the event where inspect gives none', async (t) => {
  const { give, put, seen } = run(t, 'registrator-7', { deregister: 'on-success' })
  for (const [id, exitCode] of [
    ['c1', '1'],
    ['c2', '0'],
  ] as const) {
    put(id, ONE)
    await give(record('start', { id }))
    put(id, undefined)
    await give(record('die', { id, attributes: { exitCode } }))
  }
  assert.equal(seen(), 'start +nginx die start +nginx die -nginx')
})

test('P11: no value but those of SERVICE_, and of these no secret', async (t) => {
  const { give, put, entries } = run(t, 'auditor-2015')
  const env = ['DB_URL=Zq9hidden1', 'SERVICE_DB_PASSWORD=Zq9hidden2', 'SERVICE_TIER=front', 'SERVICE_5=5']
  put('c1', { ...ONE, env })
  for (const action of ['create', 'start', 'die']) await give(record(action))
  const marker = entries.find(isServiceMarker)
  const { Attrs } = JSON.parse(marker?.data.service ?? '') as { Attrs: object }
  assert.deepEqual(Attrs, { '5': '5', db_password: '[redacted]', tier: 'front' })
  for (const entry of entries) assert.ok(!encodeEntry(entry).includes('Zq9'))
}) // prettier-ignore
