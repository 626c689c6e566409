import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspectAnswer } from '../../../src/testing/container.ts'
import { recordsOf, watch, type Scene } from '../../support/watcher/scene.ts'

const ERROR = 'driver failed programming external connectivity: port is already allocated'

function created(scene: Scene, id: string, error: string): void {
  const answer = inspectAnswer({ id, name: `name-${id}`, status: 'created' })
  answer.State.Error = error
  scene.core.containers.set(id, answer)
  scene.core.publish({ action: 'create', id })
}

test('a start that failed is told within seconds, with the words of the engine', async (t) => {
  const scene = await watch(t)
  created(scene, 'c1', ERROR)
  created(scene, 'c2', '')
  await scene.clock.advance(1_500)
  assert.deepEqual(
    scene.told().filter((told) => told.startsWith('snapshot')),
    [],
  )
  await scene.clock.advance(3_000)
  const told = recordsOf(scene.entries).filter(({ origin }) => origin === 'snapshot')
  assert.equal(told.length, 1, 'what was only created is no failure')
  assert.equal(told[0]!.event.actorId, 'c1')
  assert.equal(told[0]!.container?.state.error, ERROR)
})

test('nobody waits for a container that started', async (t) => {
  const scene = await watch(t)
  const pending = scene.clock.pending
  created(scene, 'c1', '')
  scene.core.publish({ action: 'start', id: 'c1' })
  await scene.clock.advance(5_000)
  assert.equal(scene.clock.pending, pending)
})

test('an engine that does not answer is said, and asked again for the next one', async (t) => {
  const scene = await watch(t)
  const answering = { ...scene.engine }
  scene.engine.inspect = () => Promise.reject(new Error('on fire'))
  created(scene, 'c1', ERROR)
  await scene.clock.advance(4_000)
  assert.ok(
    scene.said.some((said) => said.includes('whether a start failed')),
    scene.said.join(),
  )
  scene.engine.inspect = (id, signal) => answering.inspect(id, signal)
  created(scene, 'c2', ERROR)
  await scene.clock.advance(4_000)
  assert.ok(scene.told().includes('snapshot c2'), scene.told().join())
})
