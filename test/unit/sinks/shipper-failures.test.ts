import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delivery } from '../../../src/model/delivery.ts'
import type { Sink } from '../../../src/sinks/sink.ts'
import type { SinkTrouble } from '../../../src/journal/journal.ts'
import { createShipper } from '../../../src/sinks/shipper.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { runShipper, untilQuiet } from '../../support/shipper-run.ts'
import { answering, begin, records } from '../../support/shipper-setting.ts'
import { createTinyJournal } from '../../support/tiny-journal.ts'

describe('shipper, when the sink fails', () => {
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
      assert.deepEqual(
        calls.map(({ count }) => count),
        [4, 4, 2, 1, 1, 1, 2, 1],
        'fewer and fewer while it is away, more and more then',
      )
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
    assert.equal(run.shipper.status().lastError, 'a delivery took longer than 1 s')
    await untilQuiet(clock)
    assert.equal(run.shipper.status().delivered, 4)
    late.resolve({ status: 'refused', cause: new Error('too late') })
    await clock.settle()
    assert.equal(run.shipper.status().refused, 0)
    await run.stop()
  })

  test('a sink with a deadline of its own has that one', async () => {
    const sink: Sink = { name: 'sink', deadlineMs: 5000, deliver: () => new Promise(() => {}) }
    const { clock, journal, run } = begin(sink, { timeout: 1000 })
    journal.append(records(4))
    await clock.advance(4999)
    assert.equal(run.shipper.status().state, 'delivering')
    await clock.advance(1)
    assert.equal(run.shipper.status().lastError, 'a delivery took longer than 5 s')
    await run.stop()
  })

  test('it is retrying from the first failure until something is taken, tries included', async () => {
    const late = Promise.withResolvers<Delivery>()
    let calls = 0
    const sink: Sink = {
      name: 'sink',
      deliver() {
        calls++
        return calls === 1 ? Promise.reject(new Error('away')) : late.promise
      },
    }
    const { clock, journal, run } = begin(sink, { timeout: 60_000, every: 0 })
    const began = clock.now()
    journal.append(records(4))
    await clock.advance(5000)
    const { state, failingSince, lastErrorAt, retryAt } = run.shipper.status()
    assert.equal(calls, 2, 'a try is under way')
    assert.deepEqual(
      { state, failingSince, lastErrorAt, retryAt },
      { state: 'retrying', failingSince: began, lastErrorAt: began, retryAt: undefined },
    )
    late.resolve({ status: 'delivered' })
    await untilQuiet(clock)
    const after = run.shipper.status()
    assert.equal(after.state, 'idle')
    assert.equal(after.failingSince, undefined)
    assert.equal(after.lastError, 'away')
    await run.stop()
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
    assert.deepEqual(lines, ['warn: sink sink did not close: close took longer than 0.5 s'])
  })

  test('how it fares is kept when that changes, and at the end', async () => {
    const clock = createManualClock()
    const journal = createTinyJournal()
    const { sink } = answering(() => clock, [new Error('one'), new Error('two')])
    const kept: SinkTrouble[] = []
    const run = runShipper(createShipper, {
      sink,
      journal,
      clock,
      settings: { every: 0 },
      keepTrouble: async (trouble) => void kept.push(trouble),
    })
    const told = () => kept.map((each) => [each.lastError, each.failingSince !== undefined])
    journal.append(records(2))
    await clock.settle()
    assert.deepEqual(told(), [['one', true]])
    await untilQuiet(clock)
    for (const from of [2, 4, 6]) {
      journal.append(records(2, from))
      await untilQuiet(clock)
    }
    assert.deepEqual(told().slice(1), [['two', false]], 'not for each try, nor for each batch')
    sink.deliver = () => Promise.reject(new Error('three'))
    journal.append(records(2, 8))
    await clock.advance(1)
    sink.deliver = () => Promise.reject(new Error('four'))
    await clock.advance(20_000)
    await run.stop()
    assert.deepEqual(told().slice(2), [
      ['three', true],
      ['four', true],
    ])
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
