import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Caller } from '../../../src/journal/caller.ts'
import { createRestingCaller } from '../../../src/journal/resting-caller.ts'
import { createManualClock } from '../../support/manual-clock.ts'

/** Threads that count what they are asked, and answer when they are let. */
function setting() {
  const clock = createManualClock()
  let running = 0
  let started = 0
  let fails = false
  const held: (() => void)[] = []
  const thread = (): Caller => {
    running += 1
    const number = (started += 1)
    return {
      call: (async () => {
        await new Promise<void>((resolve) => held.push(resolve))
        return number
      }) as unknown as Caller['call'],
      async [Symbol.asyncDispose]() {
        running -= 1
      },
    }
  }
  const start = async (): Promise<Caller> => {
    if (fails) throw new Error('no thread')
    return thread()
  }
  const caller = createRestingCaller(thread(), start, clock)
  return {
    clock,
    caller,
    running: () => running,
    fail: (now: boolean) => (fails = now),
    /** Which thread answered. */
    ask: async (): Promise<unknown> => {
      const answer = caller.call('cursors')
      await clock.settle()
      held.splice(0).forEach((answerNow) => answerNow())
      return answer
    },
    held,
  }
}

suite('a resting caller', () => {
  test('its thread ends when nothing was asked for a while, and another answers then', async () => {
    const { clock, ask, running } = setting()
    assert.equal(await ask(), 1)
    await clock.advance(19_000)
    assert.equal(await ask(), 1)
    await clock.advance(19_000)
    assert.equal(running(), 1)
    await clock.advance(1_000)
    assert.equal(running(), 0)
    assert.equal(await ask(), 2)
    assert.equal(running(), 1)
  })

  test('it does not end while an answer is due', async () => {
    const { clock, caller, held, running } = setting()
    const answer = caller.call('cursors')
    await clock.advance(60_000)
    assert.equal(running(), 1)
    held.forEach((answerNow) => answerNow())
    assert.equal(await answer, 1)
    await clock.advance(20_000)
    assert.equal(running(), 0)
  })

  test('one that can not be started is said to who asked, and tried again', async () => {
    const { clock, ask, fail, caller } = setting()
    await clock.advance(20_000)
    fail(true)
    await assert.rejects(caller.call('cursors'), /no thread/)
    fail(false)
    assert.equal(await ask(), 2)
  })

  test('closed, none is left, also of those that are resting', async () => {
    const { clock, ask, caller, running } = setting()
    await clock.advance(20_000)
    await ask()
    await caller[Symbol.asyncDispose]()
    assert.equal(running(), 0)
    await assert.rejects(caller.call('cursors'), /the journal is closed/)
    await clock.advance(60_000)
    assert.equal(running(), 0)
  })
})
