import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Engine } from '../../src/docker/port.ts'
import type { Entry, Gap, Record } from '../../src/model/entry.ts'
import { play, type Step } from '../support/holes/play.ts'
import { absence, act, steps } from '../support/holes/schedules.ts'
import { createWorld, type Bug } from '../support/holes/world.ts'
import { broken } from '../support/holes/promise.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const gapsOf = (entries: readonly { readonly kind: string }[]): Gap[] =>
  entries.filter((entry) => entry.kind === 'gap') as unknown as Gap[]

const honestOver =
  (schedules: fc.Arbitrary<readonly Step[]>) =>
  (bug: Bug): fc.IAsyncProperty<[readonly Step[]]> =>
    fc.asyncProperty(schedules, async (schedule) => {
      await using world = createWorld(bug, 8)
      await play(world, schedule)
      assert.equal(await broken(world), undefined)
    })

const honest = honestOver(steps(absence('engineRestart')))

/** Somebody comes back while the engine has yet to tell of what has changed already. */
const honestOfLate = honestOver(
  fc
    .tuple(
      fc.array(act, { minLength: 1, maxLength: 6 }),
      fc.array(act, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('outage' as const, 'agentDown' as const, 'engineRestart' as const),
      // More than the engine remembers: then there is a hole, in which the untold act lies.
      fc.constantFrom(0, 12),
    )
    .map(([before, meanwhile, what, noise]) => [
      ...before.map((act) => ({ do: 'act' as const, act })),
      {
        do: what,
        acts: meanwhile.map((act) => ({ ...act, lagMs: 700 })),
        noise,
        endsEarly: true,
      },
    ]),
)

/** The engine remembers all that happens, and nobody makes it forget. */
const covered = (bug: Bug) =>
  fc.asyncProperty(steps(), async (schedule) => {
    await using world = createWorld(bug, 2_000)
    world.core.publish({ type: 'image', action: 'tag', id: 'first' })
    await play(world, schedule)
    assert.equal(await broken(world), undefined)
    const entries = await Array.fromAsync(world.journal.entries({}))
    assert.deepEqual(gapsOf(entries), [], 'a gap although the history covers everything')
    const inferred = entries.filter(
      (entry): entry is typeof entry & Record =>
        entry.kind === 'record' && entry.origin === 'inferred',
    )
    assert.deepEqual(inferred, [])
  })

test('P2: what was missed lies in a gap, what was concluded was missed, and then all is known', async () => {
  await fc.assert(honest({}), runs(200))
})

test('P2: what the engine tells late is not concluded', async () => {
  await fc.assert(honestOfLate({}), runs(100))
})

test('P2: nothing is concluded, and no gap told, while the history covers everything', async () => {
  await fc.assert(covered({}), runs(100))
})

const writing =
  (change: (entry: Entry) => Entry | undefined): NonNullable<Bug['write']> =>
  (entries) =>
    entries.map(change).filter((entry) => entry !== undefined)

const isInferred = (entry: Entry): entry is Record =>
  entry.kind === 'record' && entry.origin === 'inferred'

const planted: { readonly [bug: string]: Bug } = {
  'what was missed is not told': {
    write: writing((entry) => (entry.kind === 'gap' ? undefined : entry)),
  },
  'nothing is concluded': { write: writing((entry) => (isInferred(entry) ? undefined : entry)) },
  'bounds are narrower than what is known': {
    write: writing((entry) =>
      isInferred(entry)
        ? { ...entry, inferred: { ...entry.inferred!, latest: entry.inferred!.earliest } }
        : entry,
    ),
  },
  'what was known before a restart is forgotten': {
    journal: (journal) => ({ ...journal, containers: () => Promise.resolve([]) }),
  },
  'a hole that was not looked into is forgotten with the process': {
    journal: (journal) => ({ ...journal, hole: () => Promise.resolve(undefined) }),
  },
  'what is there no more is not noticed': {
    engine(engine) {
      const all = new Set<string>()
      return {
        ...engine,
        async list(signal) {
          for (const id of await engine.list(signal)) all.add(id)
          return [...all]
        },
      }
    },
  },
  'the state is as it was at the first question': {
    engine(engine) {
      const answers = new Map<string, ReturnType<Engine['inspect']>>()
      return {
        ...engine,
        inspect(id, signal) {
          const answer = answers.get(id) ?? engine.inspect(id, signal)
          answers.set(id, answer)
          return answer
        },
      }
    },
  },
}

for (const [bug, plant] of Object.entries(planted)) {
  test(`P2 finds the planted bug: ${bug}`, () => assertCaught(honest(plant)))
}

/** Waits of a survey, which lasts some seconds at most. */
const SURVEY_MS = 15_000

test('P2 finds the planted bug: what the engine tells late is not waited for', () =>
  assertCaught(
    honestOfLate({
      clock: (clock) => ({
        ...clock,
        sleep: (ms, signal) => clock.sleep(ms < SURVEY_MS ? Math.min(ms, 1) : ms, signal),
      }),
    }),
  ))
