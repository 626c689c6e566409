import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Engine } from '../../src/docker/port.ts'
import type { Entry } from '../../src/model/entry.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { brokenPromise, createWorld, type Bug, type World } from '../support/watcher/world.ts'

/** One thing that happens. Times of events step by `steps`, in ms, and may fall a little. */
type Step =
  | { readonly do: 'publish'; readonly steps: readonly number[]; readonly split: boolean }
  | { readonly do: 'cut'; readonly inside: boolean }
  | { readonly do: 'outage'; readonly steps: readonly number[] }
  | { readonly do: 'restartEngine'; readonly steps: readonly number[] }
  | { readonly do: 'restartAgent'; readonly lose: number; readonly steps: readonly number[] }
  | { readonly do: 'garbage' }
  | { readonly do: 'silence' }
  | { readonly do: 'wait'; readonly ms: number }

const MARGIN = 1_000_000_000n
const CONTAINERS = ['a', 'b', 'c']

async function play(world: World, steps: readonly Step[]): Promise<void> {
  const { clock, core, engine } = world
  let count = 0
  const publish = async (times: readonly number[], split = false): Promise<void> => {
    for (const ms of times) {
      if (ms > 0) await clock.advance(ms)
      const time = clock.nowNanos() + BigInt(Math.min(0, ms)) * 1_000_000n
      world.publish(CONTAINERS[count % CONTAINERS.length]!, `action-${count++}`, time, split)
    }
  }
  await clock.settle()
  for (const step of steps) {
    switch (step.do) {
      case 'publish':
        await publish(step.steps, step.split)
        if (step.split) core.cut()
        await clock.settle()
        world.announceRest()
        break
      case 'cut':
        core.cut(step.inside ? '{"Type":"container","Act' : undefined)
        break
      case 'outage':
        engine.refusing = true
        core.cut()
        await publish(step.steps)
        engine.refusing = false
        await clock.advance(20_000)
        break
      case 'restartEngine':
        engine.refusing = true
        await publish(step.steps)
        core.forget()
        engine.refusing = false
        await clock.advance(20_000)
        break
      case 'restartAgent':
        await publish(step.steps)
        await world.restartAgent(step.lose)
        break
      case 'garbage':
        core.sendRaw('no JSON at all\n{"message":"oops"}\n')
        break
      case 'silence':
        core.hush()
        break
      case 'wait':
        await clock.advance(step.ms)
        break
    }
    await clock.settle()
  }
  // The end: whatever was silent is noticed, and one more event shows that all is well.
  await clock.advance(400_000)
  world.publish('a', 'the-last', clock.nowNanos())
  await clock.advance(20_000)
  await world.stop()
}

const steps = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant(0)), { minLength: 1, maxLength })

const anything = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('publish' as const), steps: steps(6), split: fc.boolean() }),
    fc.record({ do: fc.constant('cut' as const), inside: fc.boolean() }),
    fc.record({ do: fc.constant('outage' as const), steps: steps(14) }),
    fc.record({ do: fc.constant('restartEngine' as const), steps: steps(3) }),
    fc.record({
      do: fc.constant('restartAgent' as const),
      lose: fc.integer({ min: 0, max: 12 }),
      steps: steps(3),
    }),
    fc.record({ do: fc.constant('garbage' as const) }),
    fc.record({ do: fc.constant('silence' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  ),
  { maxLength: 12 },
)

const recordedOnce = (bug: Bug): fc.IAsyncProperty<[Step[]]> =>
  fc.asyncProperty(anything, async (schedule) => {
    const world = createWorld(bug, 8)
    await play(world, schedule)
    assert.equal(brokenPromise(world), undefined)
    assert.ok(world.journal.some((entry) => entry.kind === 'record'))
  })

/** Everything but what makes the engine forget: its history is larger than all that happens. */
const covered = fc
  .tuple(steps(3), anything)
  .map(([first, rest]): Step[] => [
    { do: 'publish', steps: first, split: false },
    ...rest.filter((step) => step.do !== 'restartEngine'),
  ])

const noNeedlessGap = (bug: Bug): fc.IAsyncProperty<[Step[]]> =>
  fc.asyncProperty(covered, async (schedule) => {
    const world = createWorld(bug, 1_000, 2)
    await play(world, schedule)
    assert.equal(brokenPromise(world), undefined)
    const kinds = world.journal.map((entry) => entry.kind)
    assert.ok(!kinds.includes('gap'), 'a gap although the history covers everything')
    const lost = world.published.filter(({ id }) => !world.journal.some((entry) => entry.id === id))
    assert.deepEqual(lost, [])
  })

test('each event is recorded once and in order, and what was lost lies in a gap', async () => {
  await fc.assert(recordedOnce({}), runs(200))
})

test('nothing is lost and no gap is told while the history covers everything', async () => {
  await fc.assert(noNeedlessGap({}), runs(200))
})

const wrapped = (change: (open: Engine['open']) => Engine['open']) => (engine: Engine) => ({
  ...engine,
  open: change((options) => engine.open(options)),
})

/** Asks for nothing older than the last event it saw, whatever the neighbours' order. */
const withoutMargin: Bug = {
  engine(engine) {
    let place = 1n
    return wrapped((open) => ({ since, ...rest }) => {
      if (since !== 'now' && since > 1n) place = since + MARGIN
      return open({ ...rest, since: place })
    })(engine)
  },
}

/** Goes on from the moment of connecting: what happened meanwhile is never asked for. */
const fromNowOn: Bug = {
  engine: wrapped(
    (open) => (options) =>
      open({ ...options, since: options.until === undefined ? 'now' : options.since }),
  ),
}

/** Never finds its place in the history. */
const gapAlways: Bug = {
  engine: wrapped(
    (open) => (options) => open({ ...options, since: options.until ?? options.since }),
  ),
}

const gapNever: Bug = {
  emit: (emit) => (entry) => {
    if (entry.kind !== 'gap') emit(entry)
  },
}

/** Tells a gap only after the event behind it, so that a crash between the two hides it. */
const gapTooLate: Bug = {
  emit(emit) {
    let late: Entry[] = []
    return (entry) => {
      if (entry.kind === 'gap') {
        late.push(entry)
        return
      }
      emit(entry)
      for (const gap of late) emit(gap)
      late = []
    }
  },
}

const noDeduplication: Bug = { options: { recentIds: 0 } }

for (const [name, bug] of Object.entries({ gapNever, gapTooLate, noDeduplication })) {
  test(`the first property finds the planted bug: ${name}`, () => assertCaught(recordedOnce(bug)))
}

for (const [name, bug] of Object.entries({ withoutMargin, gapAlways, fromNowOn })) {
  test(`the second property finds the planted bug: ${name}`, () => assertCaught(noNeedlessGap(bug)))
}
