import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createShipper } from '../../src/sinks/shipper.ts'
import { createAnsweredSink } from '../support/answered-sink.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { runShipper, untilQuiet, type MakeShipper } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'
import { commands } from '../support/window/commands.ts'
import {
  BATCH,
  PROBE,
  check,
  checkOrder,
  createModel,
  told,
  type Real,
} from '../support/window/model.ts'
import { windowPlants } from '../support/window/plants.ts'

/**
 * P4 for a sink whose store does not depend on arrival: several batches are with it and answered in
 * any order and manner, and the cursor is the contiguous frontier of what it confirmed; nothing is
 * passed over, a refusal is never lost, no more is in flight and in memory than allowed, a sink that is
 * away is not asked with whole batches, and in the end everything is settled.
 */
const frontierIsContiguous = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.commands(commands, { size: 'max', maxCommands: 60 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer(),
    async (steps, inFlight, seed) => {
      const clock = createManualClock({ seed })
      const journal = createTinyJournal()
      const cursor = journal.cursor('sink')
      const model = createModel()
      const sink = createAnsweredSink('sink', {
        call(seqs) {
          const most = model.away ? PROBE : BATCH
          assert.ok(seqs.length <= most, `${seqs.length} entries for a sink that is away`)
        },
        calledOff: () => (model.away = true),
      })
      const settings = { inFlight, batch: BATCH }
      const run = runShipper(make, { sink, journal, clock, settings })
      const real: Real = { clock, journal, cursor, sink, run, inFlight }
      try {
        await fc.asyncModelRun(() => ({ model, real }), steps)
        sink.heal((seqs) => told(model, seqs, { how: 'deliver' }))
        await untilQuiet(clock)
        check(model, real)
        if (inFlight === 1) checkOrder(sink)
        assert.equal(cursor.confirmed, journal.entries.length, 'something is left over')
      } finally {
        await run.stop()
      }
    },
  )

describe('P4 in order: several batches in flight', () => {
  test('the cursor is the contiguous frontier of what the sink confirmed', async () => {
    await fc.assert(frontierIsContiguous(createShipper), runs(200))
  })

  for (const [bug, make] of Object.entries(windowPlants)) {
    test(`finds the planted bug: ${bug}`, () => assertCaught(frontierIsContiguous(make)))
  }
})
