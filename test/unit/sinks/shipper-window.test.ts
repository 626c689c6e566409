import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Batch } from '../../../src/model/delivery.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { createShipper } from '../../../src/sinks/shipper.ts'
import { createAnsweredSink, type AnsweredSink } from '../../support/answered-sink.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { runShipper, type MakeShipper } from '../../support/shipper-run.ts'
import { records } from '../../support/shipper-setting.ts'
import { createTinyJournal } from '../../support/tiny-journal.ts'

const noMatter = (): void => undefined

/** @param slow what a reading ahead of the cursor waits for */
function begin(slow?: () => Promise<void>, prepare?: (entries: readonly Sequenced[]) => void) {
  const clock = createManualClock()
  const journal = createTinyJournal()
  const answered = createAnsweredSink('sink', { call: noMatter, calledOff: noMatter })
  const deliver = answered.deliver.bind(answered)
  const given: (readonly Sequenced[])[] = []
  const sink: AnsweredSink = Object.assign(answered, {
    prepare: ({ entries }: Batch) => prepare?.(entries),
    deliver(batch: Batch, signal: AbortSignal) {
      given.push(batch.entries)
      return deliver(batch, signal)
    },
  })
  const settings = { every: 0, batch: 4, inFlight: 2, timeout: 3_600_000 }
  const make: MakeShipper = (parts) =>
    createShipper({
      ...parts,
      reader: {
        ...parts.reader,
        async read(limit, after) {
          const page = await parts.reader.read(limit, after)
          if (after !== undefined) await slow?.()
          return page
        },
      },
    })
  const run = runShipper(make, { sink, journal, clock, settings })
  return { clock, journal, given, sink, cursor: journal.cursor('sink'), run }
}

describe('a shipper with two batches in flight', () => {
  test('dead letters that are asked for again do not wait for the end of what waits', async () => {
    const { clock, journal, sink, cursor, run } = begin()
    journal.append(records(40))
    await clock.settle()
    sink.waiting[0]!.answer({ status: 'partial', retry: [], refused: [{ seq: 2, reason: 'no' }] })
    await clock.settle()
    cursor.retryDeadLetters()
    await clock.settle()
    for (let answers = 0; answers < 3; answers++) {
      sink.waiting[0]!.answer({ status: 'delivered' })
      await clock.settle()
    }
    assert.deepEqual(sink.offered.slice(3), [[2], [13, 14, 15, 16], [17, 18, 19, 20]])
    await run.stop()
  })

  test('a drain is not answered by what was read ahead of a cursor that was moved back', async () => {
    const reading = Promise.withResolvers<void>()
    let slow = Promise.resolve()
    const { clock, journal, sink, cursor, run } = begin(() => slow)
    journal.append(records(4))
    await clock.settle()
    slow = reading.promise
    cursor.rewind(0)
    const drained = run.shipper.drain(new AbortController().signal).then(() => cursor.confirmed)
    await clock.settle()
    sink.heal(() => ({ status: 'delivered' }))
    await clock.settle()
    reading.resolve()
    assert.equal(await drained, 4)
    assert.deepEqual(sink.offered, [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ])
    await run.stop()
  })

  test('the next full page is made ready meanwhile, and goes as it is', async () => {
    const prepared: (readonly Sequenced[])[] = []
    const { clock, journal, given, sink, run } = begin(undefined, (all) => prepared.push(all))
    journal.append(records(14))
    await clock.settle()
    assert.deepEqual(sink.offered.at(-1), [5, 6, 7, 8])
    assert.deepEqual(seqsOf(prepared).at(-1), [9, 10, 11, 12])
    const ready = prepared.length
    sink.waiting[0]!.answer({ status: 'delivered' })
    await clock.settle()
    assert.deepEqual(sink.offered.at(-1), [9, 10, 11, 12])
    assert.ok(given.at(-1) === prepared.at(-1), 'so that the sink finds what it has made of it')
    assert.equal(prepared.length, ready, 'the last two wait for more')
    await run.stop()
  })

  test('what was made ready does not go where the cursor was moved back', async () => {
    const prepared: (readonly Sequenced[])[] = []
    const { clock, journal, sink, cursor, run } = begin(undefined, (all) => prepared.push(all))
    journal.append(records(20))
    await clock.settle()
    sink.waiting[0]!.answer({ status: 'delivered' })
    await clock.settle()
    assert.deepEqual(seqsOf(prepared).at(-1), [13, 14, 15, 16])
    cursor.rewind(0)
    for (let answers = 0; answers < 2; answers++) {
      sink.waiting[0]!.answer({ status: 'delivered' })
      await clock.settle()
    }
    assert.deepEqual(sink.offered.slice(3), [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ])
    await run.stop()
  })
})

const seqsOf = (batches: readonly (readonly Sequenced[])[]): number[][] =>
  batches.map((entries) => entries.map(({ seq }) => seq))
