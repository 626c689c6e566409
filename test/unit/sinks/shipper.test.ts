import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delivery } from '../../../src/model/delivery.ts'
import type { Log } from '../../../src/model/log.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import { createShipper } from '../../../src/sinks/shipper.ts'
import type { Sink, SinkSettings } from '../../../src/sinks/sink.ts'
import { plainRecord } from '../../support/entries.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { runShipper, untilQuiet, type ShipperRun } from '../../support/shipper-run.ts'
import { createTinyJournal, type TinyJournal } from '../../support/tiny-journal.ts'

interface Setting {
  readonly clock: ManualClock
  readonly journal: TinyJournal
  readonly lines: string[]
  readonly run: ShipperRun
}

function begin(sink: Sink, settings: Partial<SinkSettings> = {}, waiting?: number): Setting {
  const clock = createManualClock()
  const journal = createTinyJournal()
  const lines: string[] = []
  const say = (level: string) => (_: object, message: string) => lines.push(`${level}: ${message}`)
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  }
  const run = runShipper(createShipper, {
    sink,
    journal,
    clock,
    settings,
    log,
    ...(waiting === undefined ? {} : { waiting: async () => waiting }),
  })
  return { clock, journal, lines, run }
}

const records = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => plainRecord(from + at))

/** Answers in turn, then delivers; notes when it was asked for how many. */
function answering(clock: () => ManualClock, answers: (Delivery | Error)[]) {
  const calls: { at: number; count: number }[] = []
  const sink: Sink = {
    name: 'sink',
    async deliver({ entries }) {
      calls.push({ at: clock().monotonic(), count: entries.length })
      const answer = answers.shift() ?? { status: 'delivered' }
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { sink, calls }
}

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

  describe('a sink that goes away and comes back', () => {
    test('is told by one warning and one line of relief', async () => {
      const away = Array.from(
        { length: 5 },
        () => new Error('connect ECONNREFUSED\n127.0.0.1:9200'),
      )
      const { sink, calls } = answering(() => clock, away)
      const { clock, journal, lines, run } = begin(sink, {}, 3)
      journal.append(records(4))
      await clock.advance(0)
      const { state, lastError, retryAt } = run.shipper.status()
      assert.equal(state, 'retrying')
      assert.match(lastError!, /ECONNREFUSED/)
      assert.ok(retryAt! >= clock.now())
      await untilQuiet(clock)
      assert.equal(calls.length, 6)
      assert.equal(lines.length, 2)
      assert.equal(
        lines[0],
        'warn: sink sink is away, trying again: connect ECONNREFUSED 127.0.0.1:9200',
      )
      assert.match(lines[1]!, /^info: sink sink is back after .*, 3 entries are waiting$/)
      assert.equal(run.shipper.status().retries, 5)
      await run.stop()
    })

    test('is opened before the first batch and after each failure', async () => {
      const happened: string[] = []
      const answers: Delivery[] = [
        { status: 'delivered' },
        { status: 'retry', cause: new Error('503') },
      ]
      const sink: Sink = {
        name: 'sink',
        async open() {
          happened.push('open')
        },
        async deliver() {
          happened.push('deliver')
          return answers.shift() ?? { status: 'delivered' }
        },
        async close() {
          happened.push('close')
        },
      }
      const { clock, journal, run } = begin(sink)
      journal.append(records(8))
      await untilQuiet(clock)
      await run.stop()
      assert.deepEqual(happened, ['open', 'deliver', 'deliver', 'open', 'deliver', 'close'])
    })

    test('waits as long as the sink asked, and a drain does not shorten that', async () => {
      const { sink, calls } = answering(
        () => clock,
        [{ status: 'retry', cause: new Error('429'), afterMs: 60_000 }],
      )
      const { clock, journal, run } = begin(sink)
      journal.append(records(4))
      await clock.advance(10)
      const drained = run.shipper.drain(new AbortController().signal)
      await clock.advance(59_000)
      assert.equal(calls.length, 1)
      await untilQuiet(clock)
      await drained
      assert.equal(calls.length, 2)
      assert.ok(calls[1]!.at >= 60_000 && calls[1]!.at <= 60_100)
      await run.stop()
    })

    test('waits longer each time, up to the limit', async () => {
      const away = Array.from({ length: 30 }, () => new Error('away'))
      const { sink, calls } = answering(() => clock, away)
      const { clock, journal, run } = begin(sink)
      journal.append(records(4))
      await untilQuiet(clock)
      const waits = calls.slice(1).map(({ at }, index) => at - calls[index]!.at)
      for (const [failure, wait] of waits.entries()) {
        assert.ok(
          wait >= 0 && wait <= Math.min(10_000, 100 * 2 ** failure) + 1,
          `wait ${failure}: ${wait}`,
        )
      }
      assert.ok(Math.max(...waits) > 5000)
      await run.stop()
    })
  })

  test('a delivery that never settles is called off and its late answer is not heard', async () => {
    const late = Promise.withResolvers<Delivery>()
    const signals: AbortSignal[] = []
    let calls = 0
    const sink: Sink = {
      name: 'sink',
      deliver(_, signal) {
        signals.push(signal)
        calls++
        return calls === 1 ? late.promise : Promise.resolve({ status: 'delivered' })
      },
    }
    const { clock, journal, run } = begin(sink, { timeout: 1000 })
    journal.append(records(4))
    await clock.advance(999)
    assert.equal(run.shipper.status().state, 'delivering')
    await clock.advance(1)
    assert.equal(signals[0]!.aborted, true)
    assert.equal(run.shipper.status().lastError, 'no answer to a delivery within 1s')
    await untilQuiet(clock)
    assert.equal(run.shipper.status().delivered, 4)
    late.resolve({ status: 'refused', cause: new Error('too late') })
    await clock.settle()
    assert.equal(run.shipper.status().refused, 0)
    await run.stop()
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

  test('a sink that does not close is left alone', async () => {
    const sink: Sink = {
      name: 'sink',
      deliver: async () => ({ status: 'delivered' }),
      close: () => new Promise(() => undefined),
    }
    const { clock, journal, lines, run } = begin(sink)
    journal.append(records(1))
    await untilQuiet(clock)
    const stopped = run.stop()
    await untilQuiet(clock)
    await stopped
    assert.deepEqual(lines, ['warn: sink sink did not close: no answer to close within 1s'])
  })

  test('a bug in a sink fails the actor; the entries go out after the restart', async () => {
    const { sink, calls } = answering(() => clock, [new TypeError('x is not a function')])
    const { clock, journal, run } = begin(sink)
    journal.append(records(2))
    await clock.advance(100)
    const { state, lastError } = run.shipper.status()
    assert.deepEqual({ state, lastError }, { state: 'retrying', lastError: 'x is not a function' })
    await untilQuiet(clock)
    assert.equal(calls.length, 2)
    assert.equal(run.shipper.status().retries, 0)
    assert.equal(run.shipper.status().delivered, 2)
    await run.stop()
  })
})
