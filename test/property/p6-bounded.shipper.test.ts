import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createShipper, type ShipperParts } from '../../src/sinks/shipper.ts'
import type { JournalReader } from '../../src/journal/journal.ts'
import { plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { behaviour, createScriptedSink } from '../support/scripted-sink.ts'
import { runShipper, type MakeShipper } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'

/**
 * P6 of the shipper: however far the sink is behind and whatever it does, no entry was ever read that
 * lies further than the pages in flight, the next one, and the one entry looked at behind that, beyond
 * what is settled; and no read asked for more than a page.
 */
const holdsItsPages = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.array(behaviour, { maxLength: 25 }),
    fc.array(fc.record({ append: fc.nat({ max: 60 }), passMs: fc.nat({ max: 5000 }) }), {
      minLength: 1,
      maxLength: 10,
    }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 3 }),
    async (script, steps, batch, inFlight) => {
      const clock = createManualClock()
      const journal = createTinyJournal()
      const cursor = journal.cursor('sink')
      const sink = createScriptedSink('sink', script, clock)
      const asked = { entries: 0, bytes: 0 }
      const checked = (parts: ShipperParts) =>
        make({ ...parts, reader: watched(parts.reader, asked) })
      const run = runShipper(checked, { sink, journal, clock, settings: { batch, inFlight } })
      for (const { append, passMs } of steps) {
        const from = journal.entries.length
        journal.append(Array.from({ length: append }, (_, at) => plainRecord(from + at)))
        await clock.advance(passMs)
        const ahead = cursor.furthest - cursor.confirmed
        const most = (inFlight + 1) * batch + 1
        assert.ok(ahead <= most, `${ahead} entries read and not settled, ${most} may be`)
        assert.ok(asked.entries <= batch && asked.bytes <= 4 * 1024 * 1024, 'asks for more')
        for (const { seqs } of sink.calls) assert.ok(seqs.length <= batch, 'a batch is too large')
      }
      await run.stop()
    },
  )

/** Notes the largest limits that were asked for. */
function watched(reader: JournalReader, asked: { entries: number; bytes: number }): JournalReader {
  return {
    commit: (page, refused) => reader.commit(page, refused),
    read(limit, after) {
      asked.entries = Math.max(asked.entries, limit.entries)
      asked.bytes = Math.max(asked.bytes, limit.bytes)
      return reader.read(limit, after)
    },
  }
}

describe('P6 bounded: the shipper', () => {
  test('holds the pages in flight and the next one', async () => {
    await fc.assert(holdsItsPages(createShipper), runs(200))
  })

  test('finds the planted bug: reads two pages ahead while the sink is busy', async () => {
    await assertCaught(
      holdsItsPages((parts) => {
        const { reader } = parts
        return createShipper({
          ...parts,
          reader: {
            commit: (page, refused) => reader.commit(page, refused),
            async read(limit, after) {
              const page = await reader.read(limit, after)
              if (page !== undefined) await reader.read(limit, page.entries.at(-1)!.seq)
              return page
            },
          },
        })
      }),
    )
  })

  test('finds the planted bug: takes what waits into one batch', async () => {
    await assertCaught(
      holdsItsPages((parts) =>
        createShipper({ ...parts, settings: { ...parts.settings, batch: 1000 } }),
      ),
    )
  })
})
