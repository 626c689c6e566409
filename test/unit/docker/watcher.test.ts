import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../../../src/docker/port.ts'
import { createEngineCore } from '../../../src/testing/core.ts'
import { createScriptedEngine } from '../../../src/testing/scripted.ts'
import { markersOf, watch } from '../../support/watcher/scene.ts'

test('an absent engine is waited for, which is said once, with the reason and the cure', async (t) => {
  const scene = await watch(t, {}, ({ engine }) => (engine.refusing = true))
  assert.equal(scene.watcher.status().state, 'waiting')
  await scene.clock.advance(120_000)
  assert.equal(scene.said.length, 1)
  assert.match(
    scene.said[0]!,
    /^warn: waiting for Docker at scripted:: nothing listens there: start/,
  )
  assert.match(scene.watcher.status().lastError!, /ECONNREFUSED/)
  assert.deepEqual(scene.told(), [])
  // Doubling from 250 ms to 10 s: about 5 tries in the first 10 s, then one in 5 to 10 s.
  assert.ok(scene.engine.calls.info >= 15 && scene.engine.calls.info <= 30)

  scene.engine.refusing = false
  await scene.clock.advance(10_000)
  assert.deepEqual(scene.told(), ['engine-connected'])
  assert.match(scene.said[1]!, /^info: connected to Docker 29.0.0 on fake-host at scripted:/)
  const { state, engine, lastError } = scene.watcher.status()
  assert.deepEqual([state, engine?.id, lastError], ['connected', 'engine-1', undefined])
})

test('another reason is said anew', async (t) => {
  let code = 'ENOENT'
  const failing = (engine: Engine): Engine => ({
    ...engine,
    info: () => Promise.reject(Object.assign(new Error(`connect ${code}`), { code })),
  })
  const core = createEngineCore()
  const { clock, said } = await watch(t, { engine: failing(createScriptedEngine(core)) })
  await clock.advance(60_000)
  code = 'EACCES'
  await clock.advance(60_000)
  assert.equal(said.length, 2)
  assert.match(said[0]!, /there is no such socket: start Docker, or in a container mount/)
  assert.match(said[1]!, /may not open the socket: run as root, or add the user to the group/)
})

test('a cut is told by two markers; nothing is lost or twice, and no time is waited', async (t) => {
  const { clock, core, told, entries, watcher } = await watch(t)
  for (const id of ['a', 'b', 'c']) {
    core.publish({ action: 'start', id })
    await clock.advance(2_000)
    core.cut('{"Type":"conta')
    await clock.settle()
  }
  const pair = ['engine-lost', 'engine-connected']
  assert.deepEqual(told(), [
    'engine-connected',
    'start a',
    ...pair,
    'start b',
    ...pair,
    'start c',
    ...pair,
  ])
  assert.deepEqual(markersOf(entries)[1]!.data, {
    endpoint: 'scripted:',
    reason: 'the connection was cut',
  })
  const { reconnects, events, gaps, undecodable } = watcher.status()
  assert.deepEqual([reconnects, events, gaps, undecodable], [3, 3, 0, 0])
})

test('a stream that ends at once, again and again, is opened less and less often', async (t) => {
  const scene = await watch(t)
  scene.core.publish({ action: 'start', id: 'a' })
  const ending = scene.engine
  const open = ending.open.bind(ending)
  ending.open = (options) => (options.until === undefined ? empty() : open(options))
  const before = ending.calls.info
  scene.core.cut()
  await scene.clock.advance(60_000)
  assert.ok(ending.calls.info - before < 20, `${ending.calls.info - before} tries in a minute`)
})

async function* empty(): AsyncGenerator<Uint8Array> {}

test('silence: the stream is opened anew without a marker or a gap, and goes on', async (t) => {
  const { clock, core, told, engine, watcher } = await watch(t, { silenceMs: 60_000 })
  core.publish({ action: 'start', id: 'a' })
  await clock.advance(59_000)
  core.hush()
  core.publish({ action: 'start', id: 'b' })
  await clock.advance(500)
  assert.equal(engine.calls.info, 1)
  await clock.advance(60_000)
  assert.deepEqual(told(), ['engine-connected', 'start a', 'start b'])
  assert.deepEqual([watcher.status().state, watcher.status().reconnects], ['connected', 1])
})

test('silence of an engine that is gone becomes engine-lost', async (t) => {
  const { clock, core, told, engine } = await watch(t, { silenceMs: 60_000 })
  core.hush()
  engine.refusing = true
  await clock.advance(61_000)
  assert.deepEqual(told(), ['engine-connected', 'engine-lost'])
})

test('lines that are none are told as markers, with a limit, and counted', async (t) => {
  const { clock, core, entries, watcher } = await watch(t)
  core.sendRaw(`${'x'.repeat(2_000)}\n`)
  for (let n = 0; n < 500; n++) core.sendRaw('nonsense\n')
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const markers = markersOf(entries).filter(({ marker }) => marker === 'line-undecodable')
  assert.equal(markers.length, 100)
  assert.deepEqual(markers[0]!.data, { reason: 'not-json', bytes: 2_000, text: 'x'.repeat(512) })
  assert.deepEqual([watcher.status().undecodable, watcher.status().events], [501, 1])
})

test('it ends when it is told to, in every state', async (t) => {
  const connected = await watch(t)
  await connected.stop()
  assert.equal(connected.watcher.status().state, 'stopped')
  const waiting = await watch(t, {}, ({ engine }) => (engine.refusing = true))
  await waiting.stop()
  const asking = await watch(t, {}, ({ engine }) => {
    engine.info = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
      })
  })
  await asking.stop()
  for (const { clock } of [connected, waiting, asking]) assert.equal(clock.pending, 0)
})

test('what the receiver throws fails the watcher instead of looking like a lost engine', async (t) => {
  const { clock, core, ended } = await watch(t, {
    emit(entry) {
      if (entry.kind === 'record') throw new RangeError('a bug')
    },
  })
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  await assert.rejects(ended, /a bug/)
})
