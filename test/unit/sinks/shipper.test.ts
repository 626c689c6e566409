import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delivery } from '../../../src/model/delivery.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import { createShipper } from '../../../src/sinks/shipper.ts'
import type { Sink } from '../../../src/sinks/sink.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { runShipper, untilQuiet } from '../../support/shipper-run.ts'
import { answering, begin, records } from '../../support/shipper-setting.ts'
import { createTinyJournal } from '../../support/tiny-journal.ts'

describe('shipper', () => {
  test('delivers what waits, then what comes', async () => {
    const sink = createMemorySink('sink')
    const { clock, journal, run } = begin(sink)
    journal.append(records(6))
    await clock.advance(1000)
    assert.deepEqual(
      sink.entries.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6],
    )
    journal.append(records(1, 6))
    await clock.advance(1000)
    assert.equal(sink.entries.length, 7)
    const { state, delivered, confirmed, lastSuccessAt } = run.shipper.status()
    assert.deepEqual({ state, delivered, confirmed }, { state: 'idle', delivered: 7, confirmed: 7 })
    assert.ok(lastSuccessAt !== undefined)
    await run.stop()
    assert.equal(run.shipper.status().state, 'stopped')
  })

  describe('linger', () => {
    test('an incomplete batch waits for more, up to `every`', async () => {
      const { sink, calls } = answering(() => clock, [])
      const { clock, journal, run } = begin(sink, { batch: 10, every: 800 })
      journal.append(records(2))
      await clock.advance(500)
      journal.append(records(3, 2))
      await clock.advance(299)
      assert.deepEqual(calls, [])
      await clock.advance(1)
      assert.deepEqual(calls, [{ at: 800, count: 5 }])
      await run.stop()
    })

    test('a batch that becomes complete goes at the next look', async () => {
      const { sink, calls } = answering(() => clock, [])
      const { clock, journal, run } = begin(sink, { batch: 4, every: 800 })
      journal.append(records(2))
      await clock.advance(50)
      journal.append(records(2, 2))
      await clock.advance(100)
      assert.deepEqual(calls, [{ at: 100, count: 4 }])
      await run.stop()
    })

    test('a batch full by bytes does not wait', async () => {
      const clock = createManualClock()
      const { sink, calls } = answering(() => clock, [])
      const journal = createTinyJournal()
      const run = runShipper(createShipper, {
        sink,
        journal,
        clock,
        settings: { batch: 10, every: 800 },
        batchBytes: 1,
      })
      journal.append(records(3))
      await clock.advance(0)
      // The last one can't know that nothing follows.
      assert.deepEqual(calls, [
        { at: 0, count: 1 },
        { at: 0, count: 1 },
      ])
      await run.stop()
    })
  })

  test('a batch that is refused is halved down to the one to blame', async () => {
    const sizes: number[] = []
    const sink: Sink = {
      name: 'sink',
      async deliver({ entries }) {
        sizes.push(entries.length)
        return entries.some(({ seq }) => seq === 6)
          ? { status: 'refused', cause: new Error('field [x] is malformed') }
          : { status: 'delivered' }
      },
    }
    const { clock, journal, run } = begin(sink, { batch: 8 })
    journal.append(records(8))
    await untilQuiet(clock)
    assert.deepEqual(sizes, [8, 4, 4, 2, 1, 1, 2])
    assert.deepEqual(
      [...journal.cursor('sink').deadLetters.values()],
      [{ seq: 6, reason: 'field [x] is malformed' }],
    )
    assert.equal(run.shipper.status().refused, 1)
    await run.stop()
  })

  test('dead letters that are retried go out though the filter has changed', async () => {
    let refuses = true
    const sink: Sink = {
      name: 'sink',
      deliver: async () =>
        refuses ? { status: 'refused', cause: new Error('no') } : { status: 'delivered' },
    }
    const { clock, journal, run } = begin(sink)
    journal.append(records(2))
    await untilQuiet(clock)
    const cursor = journal.cursor('sink')
    assert.equal(cursor.deadLetters.size, 2)
    refuses = false
    cursor.retryDeadLetters()
    await untilQuiet(clock)
    assert.equal(cursor.deadLetters.size, 0)
    assert.equal(run.shipper.status().delivered, 2)
    await run.stop()
  })

  test('what a sink has no form for is passed over, and stays a dead letter', async () => {
    const kept = createMemorySink('sink')
    let takes: (seq: number) => boolean = (seq) => seq % 2 === 0
    let refuses = false
    const sink: Sink = {
      name: 'sink',
      accepts: (entry) => takes((entry as Sequenced).seq),
      deliver: async (batch, signal) =>
        refuses ? { status: 'refused', cause: new Error('no') } : kept.deliver(batch, signal),
    }
    const { clock, journal, run } = begin(sink)
    journal.append(records(4))
    await untilQuiet(clock)
    assert.deepEqual(
      kept.entries.map(({ seq }) => seq),
      [2, 4],
    )
    assert.equal(run.shipper.status().confirmed, 4)
    refuses = true
    journal.append(records(2, 4))
    await untilQuiet(clock)
    const cursor = journal.cursor('sink')
    assert.deepEqual([...cursor.deadLetters.keys()], [6])
    refuses = false
    takes = () => false
    cursor.retryDeadLetters()
    await untilQuiet(clock)
    assert.deepEqual([...cursor.deadLetters.keys()], [6])
    assert.equal(kept.entries.length, 2)
    await run.stop()
  })

  describe('drain', () => {
    test('does not linger, and resolves when nothing waits', async () => {
      const sink = createMemorySink('sink')
      const { clock, journal, run } = begin(sink, { every: 600_000 })
      journal.append(records(3))
      await clock.settle()
      assert.equal(sink.entries.length, 0)
      await run.shipper.drain(new AbortController().signal)
      assert.equal(sink.entries.length, 3)
      await run.shipper.drain(new AbortController().signal)
      await run.stop()
    })

    test('up to a place does not wait for what comes later', async () => {
      const never = Promise.withResolvers<Delivery>()
      const sink: Sink = {
        name: 'sink',
        deliver: ({ entries }) =>
          entries[0]!.seq === 1 ? Promise.resolve({ status: 'delivered' }) : never.promise,
      }
      const { clock, journal, run } = begin(sink, { batch: 3, timeout: 3_600_000 })
      journal.append(records(6))
      await run.shipper.drain(new AbortController().signal, 3)
      await clock.settle()
      assert.equal(run.shipper.status().confirmed, 3)
      await run.stop()
    })

    test('rejects when called off, and when the shipper ends', async () => {
      const sink: Sink = { name: 'sink', deliver: () => new Promise(() => undefined) }
      const { clock, journal, run } = begin(sink)
      journal.append(records(1))
      const controller = new AbortController()
      const calledOff = assert.rejects(run.shipper.drain(controller.signal), /enough/)
      const ended = assert.rejects(run.shipper.drain(new AbortController().signal), {
        code: 'undelivered',
      })
      await clock.settle()
      controller.abort(new Error('enough'))
      await calledOff
      await run.stop()
      await ended
      await assert.rejects(run.shipper.drain(new AbortController().signal), { code: 'undelivered' })
    })
  })
})
