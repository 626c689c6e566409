import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import { pack } from '../../src/journal/packed.ts'
import { createHarness, type Plant } from '../support/journal/harness.ts'
import { isNumbered, numbered } from '../support/journal/numbered.ts'
import { plants, replacing, trigger } from '../support/journal/plants.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

interface Told {
  /** The engine tells again from so many events before. */
  readonly back: number
  readonly count: number
  /** Groups handed over without waiting for the first. */
  readonly groups: number
  readonly reopen: boolean
}

const told: fc.Arbitrary<Told> = fc.record({
  back: fc.nat({ max: 20 }),
  count: fc.integer({ min: 1, max: 20 }),
  groups: fc.integer({ min: 1, max: 4 }),
  reopen: fc.boolean(),
})

/**
 * P1, for the journal's part: however often an engine repeats what it told, each event is there once,
 * in the order of its first telling, and the resume point is that of the last group.
 */
const recordedOnce = (plant?: Plant) =>
  fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 15 }), async (tellings) => {
    const harness = createHarness({}, plant)
    let newest = 0
    try {
      for (const { back, count, groups, reopen } of tellings) {
        const first = Math.max(0, newest - back)
        const pieces = Array.from({ length: groups }, (_, group) =>
          Array.from({ length: count }, (_, at) => numbered(first + group * count + at + 1)),
        )
        const before = newest
        newest = Math.max(newest, first + groups * count)
        const answers = await Promise.all(
          pieces.map((piece) => {
            const { id, time } = piece.at(-1)!
            return harness.journal.append(piece, { engineId: 'engine', id, time })
          }),
        )
        const added = answers.flatMap(({ entries }) => entries)
        assert.equal(added.length, newest - before)
        assert.equal(
          answers.reduce((sum, { repeated }) => sum + repeated, 0),
          groups * count - added.length,
        )
        if (reopen) await harness.reopen()
        const { id } = numbered(first + groups * count)
        assert.equal((await harness.journal.resumePoint('engine'))?.id, id)
      }
      const entries = (await Array.fromAsync(harness.journal.entries({}))).filter(isNumbered)
      assert.deepEqual(
        entries.map(encodeEntry),
        Array.from({ length: newest }, (_, at) => encodeEntry(numbered(at + 1))),
      )
      const places = entries.map(({ seq }) => seq)
      assert.deepEqual(
        places,
        places.toSorted((one, other) => one - other),
      )
      assert.equal(harness.chainFault(), undefined)
    } finally {
      await harness.close()
    }
  })

test('P1: each event is in the journal once, whatever is repeated', async () => {
  await fc.assert(recordedOnce(), runs(200))
})

const resume = { engineId: 'engine', id: '0'.repeat(32), time: 0n }

const planted: { readonly [bug: string]: Plant } = {
  'a repeated id is appended again': plants['a repeated id is appended again']!,
  'the resume point of a repeated group is lost': replacing('append', (append) => (groups, now) => {
    const results = append(groups, now)
    const isRepeated = results.at(-1)!.places.every((seq) => seq === undefined)
    if (isRepeated) append([{ entries: pack([]), resume }], now)
    return results
  }),
  'a large group is cut': replacing(
    'append',
    (append) => (groups, now) =>
      append(
        groups.map(({ entries, ...rest }) => ({
          ...rest,
          entries: { ...entries, count: Math.min(15, entries.count) },
        })),
        now,
      ),
  ),
  'the chain begins anew with each group': trigger(
    `AFTER UPDATE OF head_hash ON meta WHEN new.head_hash <> zeroblob(32)
     BEGIN UPDATE meta SET head_hash = zeroblob(32); END`,
  ),
}

for (const [bug, plant] of Object.entries(planted)) {
  test(`the planted bug is found: ${bug}`, async () => {
    await assertCaught(recordedOnce(plant))
  })
}
