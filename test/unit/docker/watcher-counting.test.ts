import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventId } from '../../../src/model/entry-id.ts'
import type { ResumePoint } from '../../../src/model/resume-point.ts'
import type { EngineCore } from '../../../src/testing/core.ts'
import { createScriptedEngine, type ScriptedEngine } from '../../../src/testing/scripted.ts'
import { gapsOf, markersOf, watch, type Scene } from '../../support/watcher/scene.ts'

const MINUTE = 60_000

/** A watcher of an engine whose count can be read, which remembers four events. */
const counting = (
  t: TestContext,
  change: () => Partial<ScriptedEngine> = () => ({}),
  resumeAt?: (core: EngineCore) => ResumePoint,
): Promise<Scene & { readonly counted: ResumePoint[] }> => {
  const counted: ResumePoint[] = []
  let core: EngineCore
  return watch(
    t,
    {
      snapshot: false,
      counted: (point) => counted.push(point),
      resume: () => Promise.resolve(resumeAt?.(core)),
    },
    undefined,
    (made) => {
      core = made
      return Object.assign(createScriptedEngine(core, { counts: true }), change())
    },
  ).then((scene) => ({ ...scene, counted }))
}

/** Cut off, it misses so many events. */
async function misses({ clock, core, engine }: Scene, events: number): Promise<void> {
  engine.refusing = true
  core.cut()
  for (let n = 0; n < events; n++) {
    await clock.advance(100)
    core.publish({ type: 'image', action: 'tag', id: `missed-${n}` })
  }
  engine.refusing = false
  await clock.advance(MINUTE)
}

const verdictsOf = ({ entries }: Scene) =>
  markersOf(entries)
    .filter(({ marker }) => marker === 'gap-counted')
    .map(({ data }) => data)

const troublesOf = ({ said }: Scene) => said.filter((line) => line.includes('counted'))

test('a gap is followed by the number of events that are missing in it', async (t) => {
  const scene = await counting(t)
  scene.core.publish({ type: 'image', action: 'tag', id: 'first' })
  await scene.clock.advance(MINUTE)
  await misses(scene, 9)
  const [gap] = gapsOf(scene.entries)
  const [verdict] = verdictsOf(scene)
  assert.deepEqual(verdict, {
    from: String(gap!.from),
    to: String(gap!.to),
    count: 5,
    cause: 'reconnect',
  })
})

test('a gap in which nothing is missing is said to be none', async (t) => {
  const scene = await counting(
    t,
    () => ({}),
    (core) => {
      const { startedAt, id: engineId } = core
      const count = { total: 0, life: String(startedAt) }
      return { engineId, id: 'f'.repeat(32), time: core.now() - 1_000_000_000n, count }
    },
  )
  scene.core.publish({ type: 'image', action: 'tag', id: 'first' })
  await scene.clock.advance(MINUTE)
  const [gap] = gapsOf(scene.entries)
  assert.deepEqual(verdictsOf(scene), [
    { from: String(gap!.from), to: String(gap!.to), count: 0, cause: 'agent-down' },
  ])
})

test('a loss that nobody saw becomes a gap with its count', async (t) => {
  const scene = await counting(t)
  scene.core.publish({ type: 'image', action: 'tag', id: 'first' })
  await scene.clock.advance(MINUTE)
  for (let n = 0; n < 7; n++) scene.core.append({ type: 'image', action: 'tag', id: `unsent-${n}` })
  // Those that are in the history and did not come may still come.
  await scene.clock.advance(2 * MINUTE)
  assert.deepEqual(gapsOf(scene.entries), [])
  scene.core.publish({ type: 'image', action: 'tag', id: 'last' })
  await scene.clock.advance(2 * MINUTE)
  const [gap] = gapsOf(scene.entries)
  assert.deepEqual([gap?.cause, gap?.certainty, gap?.count], ['overflow', 'certain', 7])
})

test('the count at the last event is told, for the resume point, and with each later event', async (t) => {
  const scene = await counting(t)
  scene.core.publish({ type: 'image', action: 'tag', id: 'first' })
  await scene.clock.advance(MINUTE)
  const life = String(scene.core.startedAt)
  assert.deepEqual(scene.counted.at(-1)?.count, { total: 1, life })
  scene.core.publish({ type: 'image', action: 'tag', id: 'second' })
  await scene.clock.settle()
  const { id, time } = scene.entries.at(-1)!
  const point = { engineId: 'engine-1', id, time }
  assert.deepEqual(scene.watcher.counted(point), { ...point, count: { total: 2, life } })
  const other = { ...point, engineId: 'engine-2' }
  assert.equal(scene.watcher.counted(other), other)
})

test('metrics of another engine, or none, are said once and count nothing', async (t) => {
  const other = await counting(t, () => ({
    count: () => Promise.resolve({ total: 3, life: 'one', engineId: 'another' }),
  }))
  await misses(other, 9)
  assert.deepEqual(verdictsOf(other), [])
  assert.deepEqual(troublesOf(other), [
    "warn: what gaps cost can't be counted: the metrics are those of another engine, another",
  ])

  const none = await counting(t, () => ({ count: () => Promise.reject(new Error('no metrics')) }))
  await none.clock.advance(10 * MINUTE)
  assert.deepEqual(troublesOf(none), ["warn: what gaps cost can't be counted: no metrics"])
})

test('what an earlier process knew is kept where nothing has come since, and told once', async (t) => {
  const known: ResumePoint[] = []
  const scene = await counting(
    t,
    () => ({}),
    (core) => {
      const event = { type: 'image', action: 'tag', attributes: {}, scope: 'local' as const }
      const { time } = core.publish({ ...event, id: 'last' })
      const id = eventId(core.id, { ...event, actorId: 'last', time })
      const count = { total: core.total, life: String(core.startedAt) }
      known.push({ engineId: core.id, id, time, count })
      return known[0]!
    },
  )
  await scene.clock.advance(10 * MINUTE)
  assert.deepEqual(gapsOf(scene.entries), [])
  assert.deepEqual(scene.counted, known)
})
