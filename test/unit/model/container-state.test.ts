import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterWord, type KnownContainer } from '../../../src/model/container-state.ts'
import { wordOf } from '../../../src/model/container-word.ts'
import type { Origin, Record } from '../../../src/model/entry.ts'
import { factsOf, lifecycleEvents, engine, record } from '../../support/records.ts'
import { recordOf } from '../../../src/model/entry-factory.ts'

/** What is known after these records. */
function after(...records: readonly Record[]): KnownContainer | undefined {
  let known: KnownContainer | undefined
  for (const each of records) {
    const word = wordOf(each)
    if (word !== undefined) known = afterWord(known, word)
  }
  return known
}

const at = (action: string, ms: number, attributes = {}, origin: Origin = 'observed'): Record => ({
  ...record(action, { at: ms, attributes }),
  origin,
})

const time = (ms: number): bigint => record('x', { at: ms }).time

test('a life in the words of docker and of podman', () => {
  const create = at('create', 1, { name: 'a', image: 'i', label: 'l' })
  assert.deepEqual(after(create), {
    id: 'c1',
    attributes: { name: 'a', image: 'i', label: 'l' },
    status: 'created',
    statusAt: time(1),
    createdAt: time(1),
    health: 'starting',
    healthAt: time(1),
    at: time(1),
  })
  const start = at('start', 2, { name: 'a', image: 'i' })
  const running = after(create, start)!
  assert.deepEqual(
    [running.status, running.startedAt, running.createdAt],
    ['running', time(2), time(1)],
  )
  const die = at('die', 3, { name: 'a', exitCode: '3' })
  const exited = after(create, start, at('kill', 3), die, at('stop', 4), at('cleanup', 4))!
  assert.deepEqual(
    [exited.status, exited.exitCode, exited.startedAt, exited.finishedAt, exited.at],
    ['exited', 3, time(2), time(3), time(3)],
  )
  assert.deepEqual(exited.attributes, { name: 'a', image: 'i' }, 'a death brings no attributes')
  const again = after(create, start, die, start)!
  assert.deepEqual([again.status, again.exitCode, again.health], ['running', undefined, 'starting'])
  for (const last of ['destroy', 'remove'])
    assert.equal(after(create, start, die, at(last, 5)), undefined)
})

test('pauses, names and health', () => {
  const start = at('start', 2, { name: 'a' })
  assert.equal(after(start, at('pause', 3))?.status, 'paused')
  assert.equal(after(start, at('pause', 3), at('unpause', 4))?.status, 'running')
  assert.equal(after(start, at('rename', 3, { name: 'b', oldName: '/a' }))?.attributes['name'], 'b')
  const healthy = at('health_status: healthy', 3)
  assert.equal(after(start, healthy)?.health, 'healthy')
  assert.equal(after(start, healthy, at('pause', 4), at('unpause', 5))?.health, undefined)
  const podman = at('health_status', 3)
  const line = `${podman.event.line.slice(0, -1)},"HealthStatus":"unhealthy"}`
  assert.equal(after(start, { ...podman, event: { ...podman.event, line } })?.health, 'unhealthy')
})

test('of a container that was never heard of, only its beginnings say enough', () => {
  for (const action of [
    'die',
    'pause',
    'rename',
    'health_status: healthy',
    'destroy',
    'exec_start: a',
  ])
    assert.equal(after(at(action, 1)), undefined)
  assert.equal(wordOf(record('start', { type: 'network' })), undefined)
  assert.equal(wordOf(record('prune', { id: '' })), undefined)
})

test('a forged exit code is not known', () => {
  const die = at('die', 3, { exitCode: '0' })
  const forged = { ...die, flags: ['label-shadows-attribute'] as const }
  assert.equal(after(at('start', 2), die)?.exitCode, 0)
  assert.equal(after(at('start', 2), forged)?.exitCode, undefined)
})

test('what inspect says replaces what was known, unless something later was told', () => {
  const facts = factsOf('c1', {
    created: time(0),
    state: { ...factsOf('c1').state, status: 'paused', startedAt: time(1), restartCount: 2 },
  })
  const snapshot: Record = {
    ...at('snapshot', 5, { name: 'a' }),
    origin: 'snapshot',
    container: facts,
  }
  const expected = {
    id: 'c1',
    attributes: { name: 'a' },
    status: 'paused',
    statusAt: time(5),
    healthAt: time(5),
    createdAt: time(0),
    startedAt: time(1),
    restartCount: 2,
    at: time(5),
  }
  assert.deepEqual(after(snapshot), expected)
  assert.deepEqual(after(at('start', 4), snapshot), expected)
  assert.equal(after(at('start', 4), at('die', 6), snapshot)?.status, 'exited')
  const { container: _none, ...blind } = snapshot
  assert.equal(after(blind), undefined)
})

test('inferred words change nothing that was told of a later moment', () => {
  const start = at('start', 10)
  const die = at('die', 20, { exitCode: '1' })
  const pastDie = at('die', 5, {}, 'inferred')
  const pastStart = at('start', 15, {}, 'inferred')
  assert.deepEqual(after(start, pastDie), { ...after(start)!, finishedAt: time(5) })
  assert.equal(after(start, die, pastStart)?.status, 'exited')
  assert.equal(after(start, die, at('die', 15, {}, 'inferred'))?.finishedAt, time(20))
  assert.equal(after(start, die, at('start', 25, {}, 'inferred'))?.status, 'running')
  assert.equal(after(start, at('die', 12, {}, 'inferred'))?.status, 'exited')
  assert.equal(after(at('create', 1), at('create', 3, {}, 'inferred'))?.status, 'created')
  assert.equal(after(start, at('create', 3, {}, 'inferred'))?.status, 'running')
  assert.equal(after(start, at('destroy', 30, {}, 'inferred')), undefined)
})

test('an observed word holds whatever its time: clocks step back', () => {
  assert.equal(after(at('start', 10), at('die', 5))?.status, 'exited')
})

test('after a recorded trace nothing is known any more', () => {
  const known = new Map<string, KnownContainer>()
  let most = 0
  for (const event of lifecycleEvents()) {
    const word = wordOf(recordOf(engine, event))
    if (word === undefined) continue
    const next = afterWord(known.get(word.id), word)
    if (next === undefined) known.delete(word.id)
    else known.set(word.id, next)
    most = Math.max(most, known.size)
  }
  assert.ok(most >= 5)
  assert.deepEqual([...known.values()], [])
})

test('very long labels are not kept', () => {
  const attributes = { name: 'a', image: 'i', huge: 'x'.repeat(20_000) }
  assert.deepEqual(after(at('start', 1, attributes))?.attributes, { image: 'i', name: 'a' })
})
