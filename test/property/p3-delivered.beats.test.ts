import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Delivery } from '../../src/model/delivery.ts'
import { beatsOptions } from '../../src/sinks/beats/options.ts'
import { createBeatsSink } from '../../src/sinks/beats/sink.ts'
import { createShipper } from '../../src/sinks/shipper.ts'
import type { Sink } from '../../src/sinks/sink.ts'
import { plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { runShipper, untilQuiet } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'
import { manner, virtualLumberjack } from '../support/virtual-lumberjack.ts'

const options = beatsOptions.parse({
  hosts: ['a:1', 'b:1'],
  compression: 0,
  format: 'raw',
  timeout: '1s',
  ackWithin: '5s',
  maxEntry: '4KiB',
})

type Step =
  | { readonly step: 'append'; readonly count: number }
  | { readonly step: 'pass'; readonly ms: number }
  | { readonly step: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('append' as const), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ step: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ step: fc.constant('restart' as const) }),
)

const isLarge = (number: number): boolean => number % 17 === 5

const recordOf = (number: number) =>
  plainRecord(number, isLarge(number) ? { label: 'a'.repeat(5000) } : {})

interface Bug {
  readonly sink?: (sink: Sink) => Sink
  readonly written?: (ack: number, size: number) => number
}

/**
 * P3 to the letter: whatever servers do, the cursor passes nothing but what they have ACKed and what
 * is a dead letter for its size; and when they behave nothing is left over.
 */
const onlyWhatWasAckedIsPassed = ({ sink: plant = (sink) => sink, written }: Bug = {}) =>
  fc.asyncProperty(
    fc.array(manner, { maxLength: 25 }),
    fc.array(step, { minLength: 3, maxLength: 20, size: 'max' }),
    fc.integer(),
    async (script, steps, seed) => {
      const clock = createManualClock({ seed })
      const journal = createTinyJournal()
      const cursor = journal.cursor('sink')
      const servers = virtualLumberjack(script, clock, written)
      const sink = plant(createBeatsSink(options, 'sink', clock, servers.open))
      const settings = { batch: 8, every: 100, timeout: options.timeout }
      const run = runShipper(createShipper, { sink, journal, clock, settings })

      const checkSafety = (): void => {
        for (const { id, seq } of journal.entries.slice(0, cursor.confirmed)) {
          const dead = cursor.deadLetters.has(seq)
          assert.ok(dead || servers.acked.has(id), `${seq} was passed over`)
          assert.equal(dead, isLarge(seq), `${seq} is ${dead ? '' : 'no '}dead letter`)
        }
      }

      try {
        for (const now of steps) {
          if (now.step === 'pass') await clock.advance(now.ms)
          else if (now.step === 'restart') await run.restart()
          else {
            const from = journal.entries.length + 1
            journal.append(Array.from({ length: now.count }, (_, at) => recordOf(from + at)))
          }
          checkSafety()
        }
        servers.heal()
        await untilQuiet(clock)
        checkSafety()
        assert.equal(cursor.confirmed, journal.entries.length, 'something is left over')
      } finally {
        await run.stop()
      }
    },
  )

/** A sink that says something else of some deliveries. */
const saying =
  (other: (delivery: Delivery) => Delivery) =>
  (sink: Sink): Sink => ({
    ...sink,
    deliver: async (batch, signal) => other(await sink.deliver(batch, signal)),
  })

describe('P3: the cursor moves for what a lumberjack server has ACKed, and for nothing else', () => {
  test('of any servers', () => fc.assert(onlyWhatWasAckedIsPassed(), runs(200)))

  const plants: { readonly [bug: string]: Bug } = {
    'a keep-alive counts as the whole window': { written: (ack, size) => (ack === 0 ? size : ack) },
    'an ACK beyond the window counts as the whole': { written: (ack, size) => Math.min(ack, size) },
    'an ACK of a part counts as the whole': {
      sink: saying((said) => (said.status === 'partial' ? { ...said, retry: [] } : said)),
    },
    'silence counts as an ACK': {
      sink: saying((said) =>
        said.status === 'retry' && said.cause.message.includes('said nothing')
          ? { status: 'delivered' }
          : said,
      ),
    },
    'what is too large is dropped without a word': {
      sink: saying((said) => (said.status === 'partial' ? { ...said, refused: [] } : said)),
    },
  }
  for (const [bug, plant] of Object.entries(plants))
    test(`caught: ${bug}`, () => assertCaught(onlyWhatWasAckedIsPassed(plant)))
})
