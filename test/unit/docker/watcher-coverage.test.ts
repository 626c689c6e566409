import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWatcher } from '../../../src/docker/watcher.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createScriptedEngine } from '../../../src/testing/scripted.ts'
import { inspectAnswer } from '../../../src/testing/container.ts'
import { gapsOf, recordsOf, watch, type Scene } from '../../support/watcher/scene.ts'

/** Of which nothing is concluded: the engine tells no times of it. */
const hasA = ({ core }: Pick<Scene, 'core'>): void =>
  void core.containers.set('a', inspectAnswer({ id: 'a' }))

/** Cut off, it misses five starts, of which the engine remembers four. */
async function missesFive({ clock, core, engine }: Pick<Scene, 'clock' | 'core' | 'engine'>) {
  engine.refusing = true
  core.cut()
  for (const id of ['b', 'c', 'd', 'e', 'f']) {
    await clock.advance(100)
    core.publish({ action: 'start', id })
  }
  engine.refusing = false
  await clock.advance(10_000)
}

test('what the history no longer has is told by a gap before what it has', async (t) => {
  const { clock, core, engine, told, entries } = await watch(t, { snapshot: false }, hasA)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const from = clock.nowNanos()
  await missesFive({ clock, core, engine })
  assert.deepEqual(told(), [
    'engine-connected',
    'start a',
    'engine-lost',
    'engine-connected',
    'gap reconnect',
    'start c',
    'start d',
    'start e',
    'start f',
    'engine-reconciled',
  ])
  const [gap] = gapsOf(entries)
  assert.deepEqual([gap!.from, gap!.to, gap!.certainty], [from, from + 200_000_000n, 'possible'])
})

test('an engine that is slow to answer looks little like one whose clock was set back', async (t) => {
  const { clock, core, engine, entries } = await watch(t, { snapshot: false }, hasA)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const from = clock.nowNanos()
  const info = engine.info.bind(engine)
  engine.info = async (signal) => {
    const answer = await info(signal)
    await clock.sleep(400, signal)
    return answer
  }
  await missesFive({ clock, core, engine })
  const [gap] = gapsOf(entries)
  assert.equal(gapsOf(entries).length, 1)
  assert.ok(gap!.from <= from && from - gap!.from <= 500_000_000n, `${from - gap!.from} ns early`)
  assert.ok(gap!.to - from <= 2_000_000_000n, `until ${gap!.to - from} ns after`)
})

test('a history that is lost with the engine: the gap ends when it was connected again', async (t) => {
  const { clock, core, told, entries } = await watch(t, { snapshot: false }, hasA)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const from = clock.nowNanos()
  await clock.advance(5_000)
  core.forget()
  const to = clock.nowNanos()
  await clock.advance(1_000) // it looks whether the engine remembers anything at all
  assert.deepEqual(told().slice(2), ['engine-lost', 'engine-connected', 'gap engine-restart'])
  assert.deepEqual([gapsOf(entries)[0]!.from, gapsOf(entries)[0]!.to], [from, to])

  // Nothing came: a further cut is told when something does, once.
  await clock.advance(5_000)
  core.cut()
  await clock.advance(5_000)
  core.cut()
  await clock.advance(5_000)
  assert.equal(gapsOf(entries).length, 1)
  core.publish({ action: 'start', id: 'b' })
  await clock.settle()
  assert.deepEqual(told().slice(-2), ['gap reconnect', 'start b'])
  const second = gapsOf(entries)[1]!
  assert.deepEqual([second.from, second.to], [gapsOf(entries)[0]!.to, clock.nowNanos()])
})

test('a history that has moved on altogether since the engine was asked for its time proves nothing', async (t) => {
  const { clock, core, engine, told, entries } = await watch(t)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const usual = engine.info.bind(engine)
  engine.info = async (signal) => {
    const answer = await usual(signal)
    // As on a machine that is too busy: more than is remembered, between the question and the next.
    for (let index = 0; index < 7; index++) {
      const time = clock.nowNanos() + BigInt(index + 1) * 1_000_000n
      core.publish({ action: 'start', id: `x${index}`, time })
    }
    engine.info = usual
    return answer
  }
  core.cut()
  await clock.advance(2_000)
  assert.deepEqual(
    told().filter((what) => !what.startsWith('engine')),
    ['start a', 'gap reconnect', 'start x3', 'start x4', 'start x5', 'start x6'],
  )
  const [gap] = gapsOf(entries)
  assert.equal(gap!.to, recordsOf(entries)[1]!.time)
})

test('a resume point is gone on from; a gap behind it has the cause agent-down', async (t) => {
  const first = await watch(t)
  first.core.publish({ action: 'start', id: 'a' })
  await first.clock.settle()
  const { id, time } = recordsOf(first.entries)[0]!
  const resume = () => Promise.resolve({ engineId: 'engine-1', id, time })

  const covered = await watch(t, { resume }, ({ core }) => {
    core.publish({ action: 'start', id: 'a' })
    core.publish({ action: 'start', id: 'b' })
  })
  assert.deepEqual(covered.told(), ['engine-connected', 'start b'])
  const lost = await watch(t, { resume }, ({ core }) => {
    for (let n = 1; n <= 4; n++) core.publish({ action: 'start', id: `c${n}` })
  })
  assert.deepEqual(lost.told().slice(0, 3), ['engine-connected', 'gap agent-down', 'start c1'])
})

test('a memory that has room and has not the place any more was lost: the engine restarted', async (t) => {
  const id = '0'.repeat(32)
  const resume = () => Promise.resolve({ engineId: 'engine-1', id, time: 5n })
  for (const [events, cause] of [
    [0, 'engine-restart'],
    [1, 'engine-restart'],
    [4, 'agent-down'],
    [9, 'agent-down'],
  ] as const) {
    const { told, clock } = await watch(t, { resume }, ({ core }) => {
      for (let n = 1; n <= events; n++) core.publish({ action: 'start', id: `c${n}` })
    })
    await clock.advance(1_000)
    assert.deepEqual(told().slice(0, 2), ['engine-connected', `gap ${cause}`])
  }
})

test('where to begin without a resume point', async (t) => {
  const past = ({ core }: Pick<Scene, 'core'>): void =>
    void core.publish({ action: 'start', id: 'a', time: 5n })
  assert.deepEqual((await watch(t, {}, past)).told(), ['engine-connected', 'start a'])
  assert.deepEqual((await watch(t, { firstSince: 6n }, past)).told(), ['engine-connected'])
  assert.deepEqual((await watch(t, { firstSince: 'now' }, past)).told(), ['engine-connected'])
})

test('another engine at the endpoint is another story, with its own resume point', async (t) => {
  const asked: string[] = []
  const resume = (engineId: string) => {
    asked.push(engineId)
    return Promise.resolve(undefined)
  }
  const { clock, core, told, entries } = await watch(t, { resume })
  core.publish({ action: 'start', id: 'a' })
  await clock.advance(2_000)
  core.id = 'engine-2'
  core.forget()
  await clock.settle()
  core.publish({ action: 'start', id: 'b' })
  await clock.settle()
  assert.deepEqual(asked, ['engine-1', 'engine-2'])
  assert.deepEqual(told().slice(2), ['engine-lost', 'engine-connected', 'start b'])
  assert.deepEqual(
    recordsOf(entries).map(({ engine }) => engine.id),
    ['engine-1', 'engine-2'],
  )
})

test('a clock that steps back costs neither events nor a false proof', async (t) => {
  const { clock, core, told } = await watch(t)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  clock.stepWall(-3_600_000)
  core.publish({ action: 'start', id: 'b' })
  core.cut()
  await clock.advance(20_000)
  core.publish({ action: 'start', id: 'c' })
  await clock.settle()
  assert.deepEqual(
    told().filter((what) => what.startsWith('start')),
    ['start a', 'start b', 'start c'],
  )
})

test('what is lost while the clock is set back lies in the gap, whatever its time', async (t) => {
  for (const setBackMs of [3_600_000, 6_000, 2_000, 300]) {
    const { clock, core, engine, entries } = await watch(t)
    core.publish({ action: 'start', id: 'a' })
    await clock.settle()
    const { id, time } = recordsOf(entries)[0]!
    engine.refusing = true
    core.cut()
    const lost: bigint[] = []
    for (let index = 0; index < 10; index++) {
      await clock.advance(100)
      if (index === 2) clock.stepWall(-setBackMs)
      const sent = core.publish({ action: 'start', id: `x${index}` })
      if (index < 6) lost.push(sent.time)
    }
    const covers = (told: typeof entries): boolean =>
      lost.every((at) => gapsOf(told).some(({ from, to }) => from <= at && at <= to))

    const resume = () => Promise.resolve({ engineId: 'engine-1', id, time })
    const later: Entry[] = []
    const another = createWatcher({
      engine: createScriptedEngine(core),
      resume,
      emit: (entry) => later.push(entry),
      log: silentLog,
      clock,
    })
    const end = new AbortController()
    const ended = another.run({ name: 'w', signal: end.signal, clock, restarts: 0 })
    engine.refusing = false
    await clock.advance(10_000)
    assert.ok(covers(entries), `the same process, ${setBackMs} ms`)
    assert.ok(covers(later), `another process, ${setBackMs} ms`)
    end.abort(new Error('enough'))
    await ended
  }
})

test('an old time amid the history does not hide what was before it', async (t) => {
  const { clock, core, engine, told } = await watch(t)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  engine.refusing = true
  core.cut()
  core.publish({ type: 'node', scope: 'swarm', action: 'update', id: 'n', time: 7n })
  core.publish({ action: 'start', id: 'b' })
  engine.refusing = false
  await clock.advance(10_000)
  assert.deepEqual(told().slice(4), ['update n', 'start b'])
})

test('a stream that does not begin with the history it must show is opened anew', async (t) => {
  const { clock, core, engine, told } = await watch(t, { snapshot: false }, hasA)
  core.publish({ action: 'start', id: 'a' })
  await clock.settle()
  const open = engine.open.bind(engine)
  let streams = 0
  // As when the engine's clock is set back between the search in the history and the stream.
  engine.open = (options) =>
    options.until === undefined && streams++ === 0
      ? open({ ...options, since: 'now' })
      : open(options)
  engine.refusing = true
  core.cut()
  core.publish({ action: 'start', id: 'b' })
  engine.refusing = false
  await clock.advance(20_000)
  assert.equal(told().includes('start b'), false)
  await clock.advance(20_000)
  assert.deepEqual(told().slice(-1), ['start b'])
  assert.deepEqual(
    told().filter((each) => each.startsWith('gap')),
    [],
  )
})
