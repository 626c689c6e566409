import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createShipper, type ShipperParts } from '../../src/sinks/shipper.ts'
import type { Seq } from '../../src/model/entry.ts'
import { plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { behaviour, createScriptedSink } from '../support/scripted-sink.ts'
import { runShipper, untilQuiet, type MakeShipper } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'

/**
 * P4 at the sink: whatever it does and however often the shipper is restarted, entries are offered
 * for the first time in journal order, a batch is in order within itself, and no batch is offered
 * while another is with the sink that was not called off.
 */
const firstDeliveriesInOrder = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.array(behaviour, { maxLength: 25 }),
    fc.array(
      fc.record({
        append: fc.nat({ max: 9 }),
        passMs: fc.nat({ max: 2000 }),
        restart: fc.boolean(),
      }),
      { minLength: 1, maxLength: 15 },
    ),
    async (script, steps) => {
      const clock = createManualClock()
      const journal = createTinyJournal()
      const sink = createScriptedSink('sink', script, clock, (seq) => seq % 9 === 4)
      const run = runShipper(make, { sink, journal, clock })
      for (const { append, passMs, restart } of steps) {
        const from = journal.entries.length
        journal.append(Array.from({ length: append }, (_, at) => plainRecord(from + at)))
        await clock.advance(passMs)
        if (restart) await run.restart()
      }
      await untilQuiet(clock)
      await run.stop()

      let newest: Seq = 0
      for (const { seqs, beside } of sink.calls) {
        assert.equal(beside, 0, 'two batches were with the sink at once')
        assert.ok(seqs.length > 0, 'an empty batch')
        for (const [at, seq] of seqs.entries()) {
          assert.ok(at === 0 || seq > seqs[at - 1]!, `out of order within a batch: ${seqs.join()}`)
          if (seq <= newest) continue
          assert.equal(seq, newest + 1, 'offered before its predecessor')
          newest = seq
        }
      }
      assert.equal(newest, journal.entries.length)
    },
  )

type Plant = (parts: ShipperParts) => ShipperParts

const planted: { readonly [bug: string]: Plant } = {
  'a batch is turned round': (parts) => ({
    ...parts,
    sink: {
      ...parts.sink,
      deliver: ({ entries }, signal) =>
        parts.sink.deliver({ entries: entries.toReversed() }, signal),
    },
  }),
  'two halves are sent at once': (parts) => ({
    ...parts,
    sink: {
      ...parts.sink,
      async deliver({ entries }, signal) {
        const half = Math.ceil(entries.length / 2)
        const halves = [entries.slice(0, half), entries.slice(half)].filter(({ length }) => length)
        const answers = await Promise.all(
          halves.map((part) => parts.sink.deliver({ entries: part }, signal)),
        )
        return answers.find(({ status }) => status !== 'delivered') ?? { status: 'delivered' }
      },
    },
  }),
  'the newest page goes first': (parts) => ({
    ...parts,
    reader: {
      ...parts.reader,
      async read(limit, after) {
        const page = await parts.reader.read(limit, after)
        if (page === undefined || after !== undefined) return page
        return (await parts.reader.read(limit, page.entries.at(-1)!.seq)) ?? page
      },
    },
  }),
}

describe('P4 in order', () => {
  test('first deliveries are in journal order, with one batch in flight', async () => {
    await fc.assert(firstDeliveriesInOrder(createShipper), runs(200))
  })

  for (const [bug, plant] of Object.entries(planted)) {
    test(`finds the planted bug: ${bug}`, async () => {
      await assertCaught(firstDeliveriesInOrder((parts) => createShipper(plant(parts))))
    })
  }
})
