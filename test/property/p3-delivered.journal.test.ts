import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createSupervisor } from '../../src/actors/supervisor.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { silentLog } from '../../src/model/log.ts'
import type { Seq } from '../../src/model/entry.ts'
import { createShipper } from '../../src/sinks/shipper.ts'
import { plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { behaviour, createScriptedSink } from '../support/scripted-sink.ts'
import { quickSettings, type MakeShipper } from '../support/shipper-run.ts'

const isPoison = (seq: Seq): boolean => seq % 7 === 3

/** The shipper and the real journal's statements together: whatever the sink does, the books balance. */
const booksBalance = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.array(behaviour, { maxLength: 15 }),
    fc.array(
      fc.record({
        append: fc.nat({ max: 7 }),
        passMs: fc.nat({ max: 1500 }),
        next: fc.constantFrom('nothing', 'restart', 'rewind', 'retry-dead-letters'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    fc.integer({ min: 1, max: 3 }),
    async (script, steps, inFlight) => {
      const clock = createManualClock()
      await using journal = createMemoryJournal({ clock })
      const sink = createScriptedSink('sink', script, clock, isPoison)
      const supervisor = createSupervisor({ clock, onEscalation: () => undefined })
      const shipper = make({
        sink,
        settings: { ...quickSettings('sink'), inFlight },
        reader: await journal.reader('sink', 'start'),
        wake$: journal.appended$,
        clock,
        log: silentLog,
        retry: { minMs: 100, maxMs: 10_000 },
      })
      const begin = () => supervisor.start(shipper, { maxRestarts: Infinity })
      const cursor = async () => (await journal.cursors())[0]!
      let child = begin()
      let appended = 0
      for (const { append, passMs, next } of steps) {
        const records = Array.from({ length: append }, (_, at) => plainRecord(appended + at))
        if (append > 0) await journal.append(records)
        appended += append
        await clock.advance(passMs)
        if (next === 'rewind')
          await journal.rewind('sink', Math.floor((await cursor()).confirmed / 2))
        if (next === 'retry-dead-letters') await journal.retryDeadLetters('sink')
        if (next === 'restart') {
          await child.stop()
          child = begin()
        }
        const { confirmed } = await cursor()
        for (let seq = 1; seq <= confirmed; seq++) {
          assert.ok(isPoison(seq) || sink.received.includes(seq), `${seq} was passed over`)
        }
      }
      sink.heal()
      for (let turns = 0; (await cursor()).pending > 0; turns++) {
        assert.ok(turns < 2000, 'does not come to rest')
        await clock.advanceToNext()
      }
      await child.stop()

      const dead: Seq[] = []
      for await (const { seq } of journal.deadLetters('sink')) dead.push(seq)
      // With its own entries: its beginning, and anchors.
      const { lastSeq } = await journal.stats()
      const all = Array.from({ length: lastSeq }, (_, at) => at + 1)
      assert.deepEqual(dead, all.filter(isPoison))
      assert.deepEqual(
        [...new Set(sink.received)].sort((one, other) => one - other),
        all.filter((seq) => !isPoison(seq)),
      )
    },
  )

test('P3 delivered: shipper and journal together', async () => {
  await fc.assert(booksBalance(createShipper), runs(200))
})

test('finds the planted bug: the cursor moves when a page is read', async () => {
  await assertCaught(
    booksBalance((parts) => {
      const { reader } = parts
      return createShipper({
        ...parts,
        reader: {
          async read(limit, after) {
            const page = await reader.read(limit, after)
            if (page !== undefined && after === undefined) await reader.commit(page)
            return page
          },
          commit: (page, refused) => reader.commit(page, refused),
        },
      })
    }),
  )
})

test('finds the planted bug: what is refused is not kept', async () => {
  await assertCaught(
    booksBalance((parts) => {
      const { reader } = parts
      return createShipper({
        ...parts,
        reader: {
          read: (limit, after) => reader.read(limit, after),
          commit: (page) => reader.commit(page),
        },
      })
    }),
  )
})
