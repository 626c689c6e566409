import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createShipper, type ShipperParts } from '../../src/sinks/shipper.ts'
import type { Seq, Sequenced } from '../../src/model/entry.ts'
import { gapFor, plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { behaviour, createScriptedSink, type Behaviour } from '../support/scripted-sink.ts'
import { runShipper, untilQuiet, type MakeShipper } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'

type Step =
  | { readonly step: 'append'; readonly count: number }
  | { readonly step: 'pass'; readonly ms: number }
  | { readonly step: 'rewind'; readonly to: number }
  | { readonly step: 'restart' | 'retry-dead-letters' | 'turn' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constant('pass' as const),
      ms: fc.integer({ min: 1, max: 3000 }),
    }),
  },
  fc.record({ step: fc.constant('rewind' as const), to: fc.nat({ max: 20 }) }),
  fc.record({ step: fc.constantFrom('restart', 'retry-dead-letters', 'turn') }),
)

/**
 * A sink that by chance fails whenever one entry comes, time after time, and takes the others between
 * can't be told from one that can't digest that entry: no such chance is tried.
 */
const mayAccuse = (script: readonly Behaviour[]): boolean =>
  /[htrsp]{6}[dlfps]([htrsp]{2,}[dlfps]){2}[htrsp]/.test(
    script.map(({ does }) => LETTERS[does]).join(''),
  )

const LETTERS = {
  hang: 'h',
  throw: 't',
  retry: 'r',
  'stay-closed': 's',
  partial: 'p',
  deliver: 'd',
  slow: 'l',
  refuse: 'f',
  bug: 'b',
} as const satisfies { readonly [B in Behaviour['does']]: string }

/** A mixture: records the filter lets through and some it does not, gaps for all, for us, for others. */
function entryOf(number: number) {
  if (number % 11 === 0) return gapFor('other', number)
  if (number % 13 === 0) return gapFor('sink', number)
  return plainRecord(number, number % 5 === 0 ? { hidden: 'true' } : {})
}

const accepts = (entry: Sequenced): boolean =>
  entry.kind !== 'record' || entry.event.attributes['hidden'] !== 'true'

const isMeant = (entry: Sequenced): boolean =>
  accepts(entry) && !(entry.kind === 'gap' && entry.sink === 'other')

const isPoison = (seq: Seq): boolean => seq % 7 === 3
/** Two of them in a row. */
const isSick = (seq: Seq): boolean => seq % 17 === 6 || seq % 17 === 7
const isDeadly = (seq: Seq): boolean => isPoison(seq) || isSick(seq)

/**
 * P3 over generated misbehaviour, rewinds and restarts, with one batch in flight or several: the
 * cursor never passes an entry that is neither with the sink nor among the dead letters, only what was
 * refused, or can't be digested, is a dead letter, a rewind delivers again, and once the sink behaves
 * nothing is left over.
 */
const everyEntryArrives = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.array(behaviour, { maxLength: 25 }).filter((script) => !mayAccuse(script)),
    fc.array(step, { minLength: 3, maxLength: 25, size: 'max' }),
    fc.record({ seed: fc.integer(), inFlight: fc.integer({ min: 1, max: 4 }) }),
    async (script, steps, { seed, inFlight }) => {
      const clock = createManualClock({ seed })
      const journal = createTinyJournal()
      const cursor = journal.cursor('sink')
      const sink = createScriptedSink('sink', script, clock, isPoison, isSick)
      const run = runShipper(make, { sink, journal, clock, accepts, settings: { inFlight } })
      /** How much the sink had when a place was last asked for again. */
      const askedAgainAt = new Map<Seq, number>()

      const checkSafety = (): void => {
        for (const entry of journal.entries.slice(0, cursor.confirmed)) {
          if (!isMeant(entry)) continue
          const had = sink.received.indexOf(entry.seq, askedAgainAt.get(entry.seq) ?? 0) >= 0
          assert.ok(had || cursor.deadLetters.has(entry.seq), `${entry.seq} was passed over`)
        }
        for (const seq of cursor.deadLetters.keys()) assert.ok(isDeadly(seq), `${seq} is harmless`)
      }

      try {
        for (const now of steps) {
          switch (now.step) {
            case 'append': {
              const from = journal.entries.length + 1
              journal.append(Array.from({ length: now.count }, (_, at) => entryOf(from + at)))
              break
            }
            case 'pass':
              await clock.advance(now.ms)
              break
            case 'rewind':
              for (let seq = now.to + 1; seq <= cursor.confirmed; seq++) {
                askedAgainAt.set(seq, sink.received.length)
              }
              cursor.rewind(now.to)
              break
            case 'restart':
              await run.restart()
              break
            case 'retry-dead-letters':
              cursor.retryDeadLetters()
              break
            case 'turn':
              await Promise.resolve()
              break
          }
          checkSafety()
        }
        sink.heal()
        // A sick entry is told from a sink that is away by three that are well, for each of a pair.
        for (let well = 0; well < 6; well = isDeadly(journal.entries.length) ? 0 : well + 1) {
          journal.append([plainRecord(journal.entries.length + 1)])
        }
        await untilQuiet(clock)
        checkSafety()
        assert.equal(cursor.confirmed, journal.entries.length, 'something is left over')
        const unmeant = sink.received.filter((seq) => !isMeant(journal.entries[seq - 1]!))
        assert.deepEqual(unmeant, [], 'the sink got what was not for it')
        assert.ok(!sink.received.some(isDeadly))
      } finally {
        await run.stop()
      }
    },
  )

/** Conservation: entries = delivered + refused + skipped, and the sink saw the delivered ones. */
const countsAddUp = (make: MakeShipper) =>
  fc.asyncProperty(
    fc.array(
      behaviour.filter(({ does }) => does !== 'bug'),
      { maxLength: 20 },
    ),
    fc.integer({ min: 0, max: 60 }),
    async (script, count) => {
      const clock = createManualClock()
      const journal = createTinyJournal()
      const sink = createScriptedSink('sink', script, clock, isPoison)
      const run = runShipper(make, { sink, journal, clock, accepts })
      journal.append(Array.from({ length: count }, (_, at) => entryOf(at + 1)))
      await untilQuiet(clock)
      await run.stop()
      const { delivered, refused, skipped, confirmed, state } = run.shipper.status()
      assert.equal(delivered + refused + skipped, count)
      assert.equal(delivered, new Set(sink.received).size)
      assert.equal(refused, journal.cursor('sink').deadLetters.size)
      assert.equal(confirmed, count)
      assert.equal(state, 'stopped')
    },
  )

type Plant = (parts: ShipperParts) => ShipperParts

const withReader = (
  change: (reader: ShipperParts['reader']) => Partial<ShipperParts['reader']>,
) => {
  const plant: Plant = (parts) => ({
    ...parts,
    reader: { ...parts.reader, ...change(parts.reader) },
  })
  return plant
}

const withDelivery = (change: (sink: ShipperParts['sink']) => ShipperParts['sink']['deliver']) => {
  const plant: Plant = (parts) => ({
    ...parts,
    sink: { ...parts.sink, deliver: change(parts.sink) },
  })
  return plant
}

const planted: { readonly [bug: string]: Plant } = {
  'the cursor moves when a page is read': withReader((reader) => ({
    async read(limit, after) {
      const page = await reader.read(limit, after)
      if (page !== undefined && after === undefined) await reader.commit(page)
      return page
    },
  })),
  'refused entries are not put among the dead letters': withReader((reader) => ({
    commit: (page) => reader.commit(page),
  })),
  'a rewind is not noticed': withReader((reader) => {
    let last = 0
    return {
      async read(limit, after) {
        const page = await reader.read(limit, Math.max(last, after ?? 0))
        if (after === undefined) last = page?.entries.at(-1)?.seq ?? last
        return page
      },
    }
  }),
  'entries to be sent again are forgotten': withDelivery((sink) => async (batch, signal) => {
    const delivery = await sink.deliver(batch, signal)
    return delivery.status === 'partial' ? { ...delivery, retry: [] } : delivery
  }),
  'a deadline counts as delivered': (parts) => ({
    ...parts,
    settings: { ...parts.settings, timeout: 1_000_000_000 },
    sink: {
      ...parts.sink,
      async deliver(batch, signal) {
        const over = parts.clock.sleep(parts.settings.timeout, signal)
        const answer = parts.sink.deliver(batch, signal)
        return (await Promise.race([answer, over])) ?? { status: 'delivered' }
      },
    },
  }),
  'a refused batch is given up as a whole': withDelivery((sink) => async (batch, signal) => {
    const delivery = await sink.deliver(batch, signal)
    if (delivery.status !== 'refused') return delivery
    const refused = batch.entries.map(({ seq }) => ({ seq, reason: 'refused' }))
    return { status: 'partial', retry: [], refused }
  }),
  'the other half of a refused batch is forgotten': withDelivery(
    (sink) => async (batch, signal) => {
      const half = Math.ceil(batch.entries.length / 2)
      return sink.deliver({ entries: batch.entries.slice(0, half) }, signal)
    },
  ),
  'the filter is not asked': (parts) => ({ ...parts, accepts: () => true }),
  "other sinks' gaps are delivered": (parts) => ({
    ...parts,
    settings: { ...parts.settings, name: 'other' },
  }),
}

describe('P3 delivered: the shipper', () => {
  test('every entry for a sink reaches it or is a dead letter, whatever happens', async () => {
    await fc.assert(everyEntryArrives(createShipper), runs(200))
  })

  test('without rewinds and restarts the counts add up', async () => {
    await fc.assert(countsAddUp(createShipper), runs(200))
  })

  for (const [bug, plant] of Object.entries(planted)) {
    test(`finds the planted bug: ${bug}`, async () => {
      await assertCaught(everyEntryArrives((parts) => createShipper(plant(parts))))
    })
  }
})
