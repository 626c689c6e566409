import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { waitBeforeRetry } from '../../../src/sinks/backoff.ts'
import { createBell } from '../../../src/actors/bell.ts'
import { headOf } from '../../../src/sinks/head-of.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { runs } from '../../support/property.ts'

const never = new AbortController().signal

describe('bell', () => {
  test('wakes the sleeper; a ring nobody waits for is kept once, or forgotten', async () => {
    const bell = createBell(createManualClock())
    const woken = bell.wait(never)
    bell.ring()
    await woken
    assert.equal(bell.rung, false)
    bell.ring()
    bell.ring()
    assert.equal(bell.rung, true)
    await bell.wait(never)
    assert.equal(bell.rung, false)
    bell.ring()
    bell.silence()
    assert.equal(bell.rung, false)
  })

  test('the wait ends by itself after its time, and leaves no timer when woken', async () => {
    const clock = createManualClock()
    const bell = createBell(clock)
    const slept = bell.wait(never, 500)
    await clock.advance(500)
    await slept
    const woken = bell.wait(never, 500)
    bell.ring()
    await woken
    assert.equal(clock.pending, 0)
  })

  test('an aborted wait rejects with the reason', async () => {
    const clock = createManualClock()
    const bell = createBell(clock)
    const controller = new AbortController()
    const waits = assert.rejects(bell.wait(controller.signal, 500), /stop/)
    controller.abort(new Error('stop'))
    await waits
    assert.equal(clock.pending, 0)
    await assert.rejects(bell.wait(controller.signal), /stop/)
  })
})

describe('waitBeforeRetry', () => {
  const settings = { minMs: 500, maxMs: 300_000 }

  test('is anything up to a ceiling that doubles up to the limit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 2000 }), (seed, failures) => {
        const clock = createManualClock({ seed })
        const wait = waitBeforeRetry(clock, settings, failures, undefined)
        assert.ok(wait >= 0 && wait <= Math.min(300_000, 500 * 2 ** Math.min(failures, 50)))
      }),
      runs(100),
    )
  })

  test('is at least what the sink asked for, up to an hour', () => {
    const wait = (afterMs: number) => waitBeforeRetry(createManualClock(), settings, 0, afterMs)
    assert.ok(wait(20_000) >= 20_000 && wait(20_000) <= 20_500)
    assert.ok(wait(1e15) <= 3_600_500)
    for (const nonsense of [NaN, -5, -Infinity]) assert.ok(wait(nonsense) <= 500)
    assert.ok(wait(Infinity) <= 3_600_500)
  })
})

test('headOf: one line, no control characters, an end', () => {
  assert.equal(headOf('a\r\n\u001B[31mb\u2028c'), 'a [31mb c')
  assert.equal(headOf('x'.repeat(1000)).length, 303)
})
