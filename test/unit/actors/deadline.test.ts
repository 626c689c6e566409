import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDeadline } from '../../../src/actors/deadline.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const never = new AbortController().signal

const options = (clock = createManualClock(), signal = never) => ({
  what: 'open',
  ms: 1500,
  signal,
  clock,
})

test('gives what the work gives, and leaves no timer', async () => {
  const clock = createManualClock()
  assert.equal(await withDeadline(async () => 7, options(clock)), 7)
  await assert.rejects(
    withDeadline(() => Promise.reject(new Error('no')), options(clock)),
    /^Error: no$/,
  )
  assert.equal(clock.pending, 0)
})

test('calls the work off when the time is over, and hears nothing of it any more', async () => {
  const clock = createManualClock()
  const late = Promise.withResolvers<number>()
  let own: AbortSignal | undefined
  const work = withDeadline((signal) => {
    own = signal
    return late.promise
  }, options(clock))
  const rejected = assert.rejects(work, {
    message: 'open took longer than 1.5 s',
    code: 'ETIMEDOUT',
  })
  await clock.advance(1500)
  await rejected
  assert.equal(own!.aborted, true)
  late.reject(new Error('too late')) // an unhandled rejection would fail this test
  await clock.settle()
})

test('calls the work off with the signal', async () => {
  const controller = new AbortController()
  const work = withDeadline(() => new Promise(() => undefined), {
    ...options(),
    signal: controller.signal,
  })
  const rejected = assert.rejects(work, /stop/)
  controller.abort(new Error('stop'))
  await rejected
  await assert.rejects(
    withDeadline(async () => 1, { ...options(), signal: controller.signal }),
    /stop/,
  )
})
