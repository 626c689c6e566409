import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { WatcherOptions } from '../../../src/docker/watcher.ts'
import type { KnownContainer } from '../../../src/model/container-state.ts'
import type { Hole } from '../../../src/model/hole.ts'
import { formatNanos } from '../../../src/model/time.ts'
import { inspectAnswer } from '../../../src/testing/container.ts'
import { gapsOf, markersOf, recordsOf, watch, type Scene } from '../../support/watcher/scene.ts'

const inferredOf = (scene: Scene): string[] =>
  recordsOf(scene.entries)
    .filter(({ origin }) => origin === 'inferred')
    .map(({ event }) => `${event.action} ${event.actorId}`)

/** A container that started at its start. */
function runs(core: Scene['core'], id: string, startedAt: bigint): void {
  const answer = inspectAnswer({ id })
  answer.State.StartedAt = formatNanos(startedAt)
  core.containers.set(id, answer)
}

function ends(core: Scene['core'], id: string, finishedAt: bigint, exitCode: number): void {
  const { State } = core.containers.get(id) as ReturnType<typeof inspectAnswer>
  Object.assign(State, {
    Status: 'exited',
    ExitCode: exitCode,
    FinishedAt: formatNanos(finishedAt),
  })
}

function started(t: TestContext, options: Partial<WatcherOptions> = {}): Promise<Scene> {
  return watch(t, options, ({ core }) => {
    runs(core, 'a', core.now() - 1_000_000n)
    core.publish({ action: 'start', id: 'a', attributes: { name: 'name-a', image: 'i' } })
  })
}

/** The engine is away; meanwhile more happens than it remembers. */
async function away(scene: Scene, meanwhile: () => void): Promise<void> {
  scene.engine.refusing = true
  scene.core.cut()
  await scene.clock.advance(1_000)
  meanwhile()
  for (let n = 0; n < 4; n++) scene.core.publish({ type: 'image', action: 'tag', id: `i${n}` })
  scene.engine.refusing = false
  await scene.clock.advance(1_000)
}

test('an end that was missed is concluded: with its code, its bounds and its mark', async (t) => {
  const scene = await started(t)
  const { core, clock } = scene
  let endedAt = 0n
  await away(scene, () => {
    endedAt = clock.nowNanos()
    ends(core, 'a', endedAt, 137)
  })
  assert.deepEqual(inferredOf(scene), [], 'the stream is given its time')
  await clock.advance(20_000)
  assert.deepEqual(inferredOf(scene), ['die a'])
  const [gap] = gapsOf(scene.entries)
  const die = recordsOf(scene.entries).at(-1)!
  assert.deepEqual(
    [die.time, die.inferred, die.enrichment, die.container?.state.exitCode],
    [endedAt, { earliest: endedAt, latest: gap!.to }, 'fresh', 137],
  )
  assert.deepEqual(die.event.attributes, { exitCode: '137', image: 'busybox', name: 'name-a' })
  const line = JSON.parse(die.event.line) as { readonly inferred: object }
  assert.deepEqual(line.inferred, { earliest: String(endedAt), latest: String(gap!.to) })
  const marker = markersOf(scene.entries).at(-1)!
  assert.equal(marker.marker, 'engine-reconciled')
  assert.deepEqual(marker.data, {
    from: String(gap!.from),
    to: String(gap!.to),
    containers: 1,
    inferred: 1,
  })
})

test('an end whose event is under way is not concluded', async (t) => {
  const scene = await started(t)
  const { core, clock } = scene
  let event: ReturnType<typeof core.append> | undefined
  await away(scene, () => ends(core, 'a', clock.nowNanos(), 0))
  await clock.advance(4_000)
  // The engine was busy cleaning up for so long.
  event = core.publish({ action: 'die', id: 'a', attributes: { exitCode: '0' } })
  await clock.advance(20_000)
  assert.ok(event.time > gapsOf(scene.entries)[0]!.to)
  assert.deepEqual(inferredOf(scene), [])
  assert.equal(markersOf(scene.entries).at(-1)!.data['inferred'], 0)
})

test('a container that is not there any more was removed; one whose removal comes was not', async (t) => {
  const scene = await started(t)
  const { core, clock, engine } = scene
  runs(core, 'b', core.now())
  core.publish({ action: 'start', id: 'b', attributes: { name: 'name-b' } })
  await clock.advance(1)
  const list = engine.list.bind(engine)
  engine.list = async (signal) => (await list(signal)).filter((id) => id !== 'b')
  await away(scene, () => core.containers.delete('a'))
  await clock.advance(1_700)
  core.publish({ action: 'destroy', id: 'b', attributes: { name: 'name-b' } })
  await clock.advance(20_000)
  assert.deepEqual(inferredOf(scene), ['die a', 'destroy a'])
  const [die, destroy] = recordsOf(scene.entries).filter(({ origin }) => origin === 'inferred')
  assert.ok(die!.time < destroy!.time)
  assert.deepEqual(destroy!.event.attributes, { image: 'busybox', name: 'name-a' })
  assert.equal(die!.event.attributes['exitCode'], undefined)
})

test('what a cut interrupts is done after the next connection, with both holes', async (t) => {
  const scene = await started(t)
  const { core, clock } = scene
  await away(scene, () => ends(core, 'a', clock.nowNanos(), 1))
  core.cut()
  await clock.advance(30_000)
  assert.deepEqual(inferredOf(scene), ['die a'])
  assert.equal(
    markersOf(scene.entries).filter(({ marker }) => marker === 'engine-reconciled').length,
    1,
  )
})

test('an inspect that fails leaves the hole open until the next connection', async (t) => {
  const scene = await started(t)
  const { core, clock, engine } = scene
  const inspect = engine.inspect.bind(engine)
  engine.inspect = () => Promise.reject(new Error('on fire'))
  await away(scene, () => ends(core, 'a', clock.nowNanos(), 1))
  await clock.advance(30_000)
  assert.ok(!scene.told().includes('engine-reconciled'))
  engine.inspect = inspect
  core.cut()
  await clock.advance(30_000)
  assert.deepEqual(scene.told().slice(-2), ['die a', 'engine-reconciled'])
})

/** What the journal knows: `a`, running since long ago. */
function memory(hole: Hole | undefined): NonNullable<WatcherOptions['memory']> {
  const a: KnownContainer = {
    id: 'a',
    attributes: { name: 'name-a', image: 'i', exitCode: '9' },
    status: 'running',
    statusAt: 10n,
    startedAt: 10n,
    at: 10n,
  }
  return {
    containers: () => Promise.resolve([a]),
    hole: () => Promise.resolve(hole),
    isUpToDate: () => true,
    hasRoom: () => true,
  }
}

test('a hole that an earlier process left open is looked into', async (t) => {
  const hole = { from: 20n, to: 30n }
  const scene = await watch(t, { memory: memory(hole) })
  await scene.clock.advance(20_000)
  assert.deepEqual(inferredOf(scene), ['die a', 'destroy a'])
  const destroy = recordsOf(scene.entries).at(-1)!
  assert.deepEqual(destroy.inferred, { earliest: 20n, latest: 30n })
  assert.deepEqual(destroy.event.attributes, { image: 'i', name: 'name-a' })
  const none = await watch(t, { memory: memory(undefined) })
  await none.clock.advance(20_000)
  assert.deepEqual(inferredOf(none), [])
})

test('what is concluded of many containers is told in slices, as long as there is room', async (t) => {
  const hole = { from: 20n, to: 30n }
  const [a] = await memory(hole).containers('engine-1')
  const many = Array.from({ length: 1_000 }, (_, n) => ({ ...a!, id: `a${n}` }))
  /** How many had been told whenever the event loop was given its turn. */
  const turns: number[] = []
  let room = false
  const scene: Scene = await watch(t, {
    memory: {
      ...memory(hole),
      containers: () => Promise.resolve(many),
      hasRoom() {
        turns.push(inferredOf(scene).length)
        return room
      },
    },
  })
  await scene.clock.advance(20_000)
  const first = inferredOf(scene).length
  assert.ok(first > 0 && first <= 100, `${first} although there is no room`)
  scene.core.publish({ action: 'destroy', id: 'a999' })
  await scene.clock.settle()
  assert.equal(scene.told().at(-1), 'destroy a999', 'the stream is read meanwhile')

  room = true
  await scene.clock.advance(20_000)
  const all = inferredOf(scene)
  assert.equal(all.length, 2 * 999, 'what the stream has told is not concluded')
  assert.equal(scene.told().at(-1), 'engine-reconciled')
  const most = Math.max(...turns.map((told, index) => told - (turns[index - 1] ?? 0)))
  assert.ok(most <= 100, `${most} at once`)
})

test('concluding it twice makes one entry', async (t) => {
  const ids = new Set<string>()
  for (let time = 0; time < 2; time++) {
    const scene = await watch(t, { memory: memory({ from: 20n, to: 30n }) })
    await scene.clock.advance(20_000)
    for (const { id, origin } of recordsOf(scene.entries)) if (origin === 'inferred') ids.add(id)
  }
  assert.equal(ids.size, 2)
})

test('where nothing proves that nothing was missed, a difference is told with its gap', async (t) => {
  const begun = { engineId: 'engine-1', id: '', time: 20n }
  const resume = () => Promise.resolve(begun)
  const scene = await watch(t, { resume, memory: memory(undefined) })
  await scene.clock.advance(20_000)
  assert.deepEqual(scene.told(), [
    'engine-connected',
    'gap agent-down',
    'die a',
    'destroy a',
    'engine-reconciled',
  ])
  assert.equal(gapsOf(scene.entries)[0]!.from, 20n)
  const same = await watch(t, { resume, memory: memory(undefined) }, ({ core }) =>
    runs(core, 'a', 9n),
  )
  await same.clock.advance(20_000)
  assert.deepEqual(same.told(), ['engine-connected', 'snapshot a'])
})

test('what was lost on the way to the journal is looked into once the journal has the rest', async (t) => {
  let isUpToDate = false
  const known = { ...memory(undefined), isUpToDate: () => isUpToDate }
  const scene = await watch(t, { memory: known, snapshot: false }, ({ core }) => {
    runs(core, 'a', 9n)
    ends(core, 'a', 25n, 1)
  })
  core(scene, 'die')
  scene.watcher.lost({ from: 25n, to: 26n })
  await scene.clock.advance(20_000)
  assert.deepEqual(inferredOf(scene), [])
  isUpToDate = true
  await scene.clock.advance(20_000)
  assert.deepEqual(inferredOf(scene), ['die a'])
})

/** The stream told it, but it was shed on its way. */
const core = (scene: Scene, action: string): void =>
  void scene.core.publish({ action, id: 'a', time: 26n, attributes: { exitCode: '1' } })
