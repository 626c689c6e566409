import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspectAnswer } from '../../../src/testing/container.ts'
import { recordsOf, watch } from '../../support/watcher/scene.ts'

test('at the first connection what exists is told, each at its inspect, and only then', async (t) => {
  const scene = await watch(t, {}, ({ core }) => {
    core.containers.set('a', inspectAnswer({ id: 'a', name: 'web', labels: { l: 'x' } }))
    core.containers.set('b', inspectAnswer({ id: 'b' }))
  })
  const [one] = recordsOf(scene.entries).filter(({ event }) => event.actorId === 'a')
  assert.deepEqual(
    [one!.origin, one!.enrichment, one!.container?.name, one!.event.type, one!.event.action],
    ['snapshot', 'fresh', 'web', 'container', 'snapshot'],
  )
  assert.deepEqual(one!.event.attributes, { l: 'x', image: 'busybox', name: 'web' })
  assert.equal(one!.time, scene.clock.nowNanos())
  assert.ok(one!.event.line.endsWith(`"timeNano":${one!.time}}`))
  assert.deepEqual(JSON.parse(one!.event.line).Actor, {
    ID: 'a',
    Attributes: one!.event.attributes,
  })
  assert.equal(recordsOf(scene.entries).length, 2)
  scene.core.cut()
  await scene.clock.advance(20_000)
  assert.equal(recordsOf(scene.entries).length, 2)
})

test('a snapshot asks after the stream, four at a time, and tells what can not be asked', async (t) => {
  const order: string[] = []
  const waiting: (() => void)[] = []
  const scene = await watch(t, {}, ({ core, engine }) => {
    for (let n = 0; n < 9; n++) core.containers.set(`c${n}`, inspectAnswer({ id: `c${n}` }))
    const real = { ...engine }
    engine.open = (options) => {
      order.push(options.until === undefined ? 'stream' : 'history')
      return real.open(options)
    }
    engine.list = (signal) => {
      order.push('list')
      return real.list(signal)
    }
    engine.inspect = (id) =>
      new Promise((resolve, reject) => {
        waiting.push(() => (id === 'c0' ? resolve(undefined) : reject(new Error('on fire'))))
      })
  })
  assert.deepEqual(order, ['history', 'stream', 'list'])
  for (let rounds = 0; rounds < 3; rounds++) {
    assert.equal(waiting.length, rounds < 2 ? 4 : 1)
    for (const answer of waiting.splice(0)) answer()
    await scene.clock.settle()
  }
  const records = recordsOf(scene.entries)
  assert.equal(records.length, 8)
  assert.ok(
    records.every(({ enrichment, origin }) => enrichment === 'missing' && origin === 'snapshot'),
  )
})

test('a snapshot that a cut interrupts is completed by the next connection', async (t) => {
  const scene = await watch(t, {}, ({ core, engine }) => {
    for (let n = 0; n < 6; n++) core.containers.set(`c${n}`, inspectAnswer({ id: `c${n}` }))
    const real = { ...engine }
    let asked = 0
    engine.inspect = (id, signal) =>
      ++asked === 3 ? new Promise(() => undefined) : real.inspect(id, signal)
  })
  assert.equal(recordsOf(scene.entries).length, 5)
  scene.core.cut()
  await scene.clock.advance(10_000)
  assert.deepEqual(
    recordsOf(scene.entries)
      .map(({ event }) => event.actorId)
      .toSorted(),
    ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'],
  )
})

test('a list that is refused costs only the snapshot', async (t) => {
  const scene = await watch(t, {}, ({ engine }) => {
    engine.list = () => Promise.reject(new Error('GET /containers/json answered 403: no'))
  })
  scene.core.publish({ action: 'start', id: 'a' })
  await scene.clock.settle()
  assert.deepEqual(scene.told(), ['engine-connected', 'start a'])
  assert.match(scene.said.at(-1)!, /^warn: the containers that exist could not be listed/)
})
