import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { gapOf } from '../../src/model/entry-factory.ts'
import type { LifeEntry, Sequenced } from '../../src/model/entry.ts'
import { lifeEntriesOf } from '../support/lives/ends.ts'
import { tell } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { engine, record } from '../support/records.ts'

/** How a run ends, by engine, with the cause that is true. `{d}` is any short time. */
const ENDS: readonly (readonly [truth: string, story: string])[] = [
  ['completed', 'die(0)'],
  ['crashed', 'die(1)'],
  ['crashed', 'die(137)'],
  ['crashed', 'die(143)'],
  ['oom', 'oom +{d} die(137)'],
  ['completed', 'oom +60000 die(0)'],
  ['stopped', 'kill(15) +{d} die(0) +{d} stop'],
  ['stopped', 'kill(15) +{d} stop +{d} die(0)'],
  ['stopped', 'kill(15) +{d} die(143) stop'],
  ['stop-timeout', 'kill(15) +10000 kill(9) die(137) stop'],
  ['stop-timeout', 'kill(15) +10000 kill(9) stop die(137)'],
  ['killed', 'kill(9) die(137)'],
  ['killed', 'kill(10) +{d} die(138)'],
  ['killed', 'kill(15) +{d} die(143)'],
  ['completed', 'kill(1) +2000 die(0)'],
  ['restarted', 'kill(15) +{d} die(0) stop +{d} start restart +700000 die(0)'],
  ['restarted', 'kill(15) +{d} stop die(0) +{d} start restart +700000 die(0)'],
  ['removed', 'kill(9) die(137) +{d} destroy'],
]

interface Ending {
  readonly truth: string
  readonly story: string
  readonly ran: number
}

const ending: fc.Arbitrary<Ending> = fc
  .tuple(
    fc.constantFrom(...ENDS),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 50, max: 900_000 }),
  )
  .map(([[truth, story], ms, ran]) => ({
    truth,
    ran,
    story: `create start +${ran} ${story.replaceAll('{d}', String(ms))}`,
  }))

/** A few containers at once, in the order of time; and which part of it was lost. */
const scene = fc.record({
  endings: fc.array(fc.tuple(ending, fc.nat(5_000)), { minLength: 1, maxLength: 5 }),
  lost: fc.option(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 6 })),
    {
      nil: undefined,
    },
  ),
  swaps: fc.array(fc.nat(60), { maxLength: 4 }),
})
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

function entriesOf({ endings, lost, swaps }: Scene): Sequenced[] {
  const all = endings
    .flatMap(([{ story }, at], index) => tell(story, { id: `c${index}`, at }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  // Engines tell of different containers in no certain order.
  for (const at of swaps) {
    const [a, b] = [all[at], all[at + 1]]
    if (a === undefined || b === undefined || containerOf(a) === containerOf(b)) continue
    all[at] = b
    all[at + 1] = a
  }
  if (lost !== undefined) {
    const from = Math.floor(lost[0] * all.length)
    const gone = all.splice(from, lost[1])
    const times = gone.map(({ time }) => time).sort((a, b) => (a < b ? -1 : 1))
    if (times.length > 0) {
      const gap = {
        from: times[0]!,
        to: times.at(-1)!,
        cause: 'reconnect',
        certainty: 'certain',
      } as const
      all.splice(from, 0, { ...gapOf({ engine, ...gap }), seq: 0 })
    }
  }
  return all.map((entry, at) => ({ ...entry, seq: at + 1 }))
}

const containerOf = (entry: Sequenced): string =>
  entry.kind === 'record' ? entry.event.actorId : ''

type Classify = (entries: readonly Sequenced[]) => readonly LifeEntry[]

const property = (classify: Classify = lifeEntriesOf) =>
  fc.property(scene, (given) => {
    for (const { container, cause, time } of classify(entriesOf(given))) {
      const [{ truth, ran }, at] = given.endings[Number(container.id.slice(1))]!
      const isSecond = time > record('x', { at: at + ran + 600_000 }).time
      const isTrue = isSecond ? cause === 'completed' : cause === truth
      assert.ok(isTrue || cause === 'unknown', `${container.id} was ${truth}, told ${cause}`)
      if (given.lost === undefined) assert.ok(isTrue, `${container.id} was ${truth}: all was told`)
    }
  })

test('whatever is lost, as long as that is told, no cause is invented', () => {
  fc.assert(property(), runs(500))
})

const withoutGaps: Classify = (entries) =>
  lifeEntriesOf(
    entries.filter(({ kind }) => kind !== 'gap').map((entry, at) => ({ ...entry, seq: at + 1 })),
  )

const oomFromCode: Classify = (entries) =>
  lifeEntriesOf(entries).map((life) => (life.exitCode === 137 ? { ...life, cause: 'oom' } : life))

const lateStopMissed: Classify = (entries) =>
  lifeEntriesOf(entries.filter((entry) => entry.kind !== 'record' || entry.event.action !== 'stop'))

for (const [bug, classify] of Object.entries({ withoutGaps, oomFromCode, lateStopMissed })) {
  test(`it finds the planted bug: ${bug}`, () => assertCaught(property(classify)))
}
