import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Engine } from '../../src/docker/port.ts'
import { play, type Step } from '../support/holes/play.ts'
import { counts, miscounted } from '../support/holes/promise.ts'
import { absence, steps } from '../support/holes/schedules.ts'
import { createWorld, type Bug } from '../support/holes/world.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** Whatever happens, also while it is counted. */
const neverWrong = (bug: Bug) =>
  fc.asyncProperty(steps(absence('engineRestart')), async (schedule) => {
    await using world = createWorld(bug, 8, true)
    await play(world, schedule)
    assert.equal(await miscounted(world), undefined)
  })

/** One life of the engine, with a quiet time after each absence. */
const complete = (bug: Bug) =>
  fc.asyncProperty(
    fc.array(fc.oneof(absence('outage'), absence('agentDown')), { maxLength: 5 }),
    async (absences) => {
      await using world = createWorld(bug, 8, true)
      const quiet: Step = { do: 'wait', ms: 120_000 }
      await play(world, [quiet, ...absences.flatMap((absent): Step[] => [absent, quiet])])
      assert.equal(await miscounted(world), undefined)
      const { stated, missed } = await counts(world)
      assert.equal(stated, missed)
    },
  )

/** An event at the very moment at which the gap before ends; found by a soak. */
const missedAtTheSeam: Step[] = [
  { do: 'act', act: { who: 0, choice: 0, lagMs: 0, thenMs: 0 } },
  { do: 'engineRestart', acts: [], noise: 0, endsEarly: false },
  { do: 'agentDown', acts: [], noise: 0, endsEarly: false },
]

test('P2: a stated number of missed events is the true one', async () => {
  await fc.assert(neverWrong({}), { ...runs(200), examples: [[missedAtTheSeam]] })
})

test('P2: where it is quiet afterwards, the number is stated', async () => {
  await fc.assert(complete({}), runs(60))
})

const counting = (
  change: (count: NonNullable<Engine['count']>) => NonNullable<Engine['count']>,
): Pick<Bug, 'engine'> => ({
  engine: (engine) => ({ ...engine, count: change(engine.count!) }),
})

const planted: { readonly [bug: string]: Bug } = {
  'an event more is counted at each reading': counting((count) => {
    let readings = 0
    return async (signal) => {
      const read = await count(signal)
      return { ...read, total: read.total + Math.floor(readings++ / 2) }
    }
  }),
  'a restart of the engine is not noticed': counting((count) => async (signal) => ({
    ...(await count(signal)),
    life: 'one',
  })),
  'what was known before the agent was away is forgotten': {
    journal: (journal) => ({
      ...journal,
      async resumePoint(engineId) {
        const { count: _, ...point } = (await journal.resumePoint(engineId)) ?? {}
        return Object.keys(point).length === 0 ? undefined : (point as never)
      },
    }),
  },
}

for (const [bug, plant] of Object.entries(planted)) {
  const property = bug.startsWith('what was known') ? complete(plant) : neverWrong(plant)
  test(`P2 finds the planted bug: ${bug}`, () => assertCaught(property))
}
