import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Gap, Sequenced } from '../../src/model/entry.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { behaviour, type Behaviour, type ScriptedSink } from '../support/scripted-sink.ts'
import type { Bug } from '../support/whole-agent/process.ts'
import { createWholeWorld, type WholeWorld } from '../support/whole-agent/world.ts'

/** One thing that happens to the engine, the agent, its disk or a sink. */
type Step =
  | { readonly do: 'publish'; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'cut'; readonly inside: boolean }
  | { readonly do: 'hush' }
  | { readonly do: 'engine-away'; readonly events: number; readonly restarts: boolean }
  | { readonly do: 'die'; readonly events: number; readonly ms: number }
  | { readonly do: 'die-at'; readonly change: number; readonly made: boolean }
  | { readonly do: 'disk'; readonly full: boolean }

interface Schedule {
  readonly steps: readonly Step[]
  readonly behaviours: readonly Behaviour[]
  /** The shaky sink never takes what this divides; 0: it takes all. */
  readonly poison: number
}

const CONTAINERS = ['a', 'b', 'c']
const ACTIONS = ['create', 'start', 'die', 'rename', 'destroy']

async function play(world: WholeWorld, steps: readonly Step[]): Promise<void> {
  const { clock, core, engine } = world
  const publish = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++) {
      const place = world.published.length
      await clock.advance(place % 3)
      world.publish(CONTAINERS[place % 3]!, ACTIONS[place % 5]!)
    }
    await clock.settle()
  }
  await publish(1)
  for (const step of steps) {
    if (step.do === 'publish') await publish(step.count)
    if (step.do === 'wait') await clock.advance(step.ms)
    if (step.do === 'cut') core.cut(step.inside ? '{"Type":"container","Act' : undefined)
    if (step.do === 'hush') core.hush()
    if (step.do === 'engine-away') {
      engine.refusing = true
      core.cut()
      await publish(step.events)
      if (step.restarts) core.forget()
      engine.refusing = false
    }
    if (step.do === 'die') {
      world.agent.die()
      await publish(step.events)
      await clock.advance(step.ms)
    }
    if (step.do === 'die-at') world.agent.dieAt(step.change, step.made)
    if (step.do === 'disk') world.fillDisk(step.full)
    await clock.settle()
    if (world.agent.dead) await world.startAgent()
  }
  // All is well again: what can be known is known in the end, and what can arrive has arrived.
  world.fillDisk(false)
  world.agent.dieAt(Number.POSITIVE_INFINITY, false)
  for (const receiver of world.receivers) receiver.heal()
  for (let round = 0; round < 2; round++) {
    await clock.advance(WELL_AGAIN_MS)
    await publish(1)
  }
  await clock.advance(WELL_AGAIN_MS)
}

/** Longer than any wait between two tries and than the silence that is noticed. */
const WELL_AGAIN_MS = 310_000

/** P1, P2: each event is in the journal once, or within a gap; those of a container in their order. */
function recorded(world: WholeWorld, entries: readonly Sequenced[]): void {
  const places = new Map(entries.map(({ id, seq }) => [id, seq]))
  assert.equal(places.size, entries.length, 'an id is in the journal twice')
  const gaps = entries.filter((entry): entry is Sequenced<Gap> => entry.kind === 'gap')
  const last = new Map<string, number>()
  for (const { id, container, time } of world.published) {
    const seq = places.get(id)
    if (seq === undefined) {
      const isTold = gaps.some(({ from, to }) => from <= time && time <= to)
      assert.ok(isTold, `an event of ${container} at ${time} is lost outside of every gap`)
      continue
    }
    assert.ok(seq > (last.get(container) ?? 0), `an event of ${container} is out of order`)
    last.set(container, seq)
  }
}

/** P3, P4: a sink has every entry, or a dead letter says why not; it is given them in order at first. */
function delivered(
  receiver: ScriptedSink,
  entries: readonly Sequenced[],
  refused: ReadonlySet<number>,
): void {
  const got = new Set(receiver.received)
  for (const { seq } of entries) {
    assert.ok(got.has(seq) || refused.has(seq), `${receiver.name} never got ${seq}`)
  }
  const given = [...new Set(receiver.calls.flatMap(({ seqs }) => seqs))]
  assert.ok(
    given.every((seq, at) => at === 0 || given[at - 1]! < seq),
    `${receiver.name} was given ${given.join(' ')}`,
  )
}

const promisesKept = (bug: Bug) =>
  fc.asyncProperty(schedule, async ({ steps, behaviours, poison }) => {
    const isPoison = (seq: number): boolean => poison > 0 && seq % poison === 0
    const world = await createWholeWorld({ bug, behaviours, isPoison })
    try {
      await play(world, steps)
      const entries = (await world.entries()).sort((a, b) => a.seq - b.seq)
      const letters = await world.deadLetters()
      recorded(world, entries)
      for (const receiver of world.receivers) {
        const own = letters.filter(({ sink }) => sink === receiver.name)
        delivered(receiver, entries, new Set(own.map(({ seq }) => seq)))
      }
    } finally {
      await world.end()
    }
  })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: 24 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3_000) }) },
  fc.record({ do: fc.constant('cut' as const), inside: fc.boolean() }),
  fc.record({ do: fc.constant('hush' as const) }),
  fc.record({
    do: fc.constant('engine-away' as const),
    events: fc.nat(24),
    restarts: fc.boolean(),
  }),
  fc.record({ do: fc.constant('die' as const), events: fc.nat(24), ms: fc.nat(20_000) }),
  fc.record({
    do: fc.constant('die-at' as const),
    change: fc.integer({ min: 1, max: 6 }),
    made: fc.boolean(),
  }),
  fc.record({ do: fc.constant('disk' as const), full: fc.boolean() }),
)

const schedule: fc.Arbitrary<Schedule> = fc.record({
  steps: fc.array(step, { maxLength: 12 }),
  behaviours: fc.array(behaviour, { maxLength: 12 }),
  poison: fc.constantFrom(0, 0, 3, 7),
})

/** Bugs that sit between the parts, each of which breaks a promise. */
const bugs: Readonly<{ [name: string]: Bug }> = {
  'the resume point is forgotten': {
    caller: (caller) => ({
      ...caller,
      call: async (method, ...args) =>
        method === 'resumePoint' ? (undefined as never) : caller.call(method, ...args),
    }),
  },
  'a piece of the stream is dropped': {
    engine: (engine) => ({
      ...engine,
      async *open(options) {
        let pieces = 0
        for await (const chunk of engine.open(options)) if (++pieces % 7 !== 0) yield chunk
      },
    }),
  },
  'a group is promised that was not written': {
    caller(caller) {
      let groups = 0
      return {
        ...caller,
        call: async (method, ...args) =>
          method === 'append' && ++groups % 5 === 0
            ? ([{ places: [], pruneDue: false }] as never)
            : caller.call(method, ...args),
      }
    },
  },
  'a batch counts as delivered that was thrown away': {
    part(part) {
      let batches = 0
      return {
        ...part,
        sink: {
          ...part.sink,
          deliver: async (batch, signal) =>
            ++batches % 3 === 0 ? { status: 'delivered' } : part.sink.deliver(batch, signal),
        },
      }
    },
  },
}

describe('the whole agent, through deaths, cuts, full disks and bad sinks', () => {
  test('every event is recorded once or told in a gap; every entry arrives or is a dead letter', async () => {
    await fc.assert(promisesKept({}), runs(200))
  })

  for (const [name, bug] of Object.entries(bugs)) {
    test(`caught: ${name}`, () => assertCaught(promisesKept(bug)))
  }
})
