import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whenBusy } from '../../../src/cli/optimize.ts'
import { createManualClock } from '../../support/manual-clock.ts'

test('an agent is busy once it took 100 ms of 250, and is looked at no more then', async () => {
  const clock = createManualClock()
  let cpuMs = 900 // what its start took
  let looks = 0
  let busy = 0
  whenBusy(
    clock,
    () => (busy += 1),
    () => {
      looks += 1
      return cpuMs
    },
  )
  for (let look = 0; look < 10; look++) {
    cpuMs += 99
    await clock.advance(250)
  }
  assert.equal(busy, 0)
  cpuMs += 100
  await clock.advance(250)
  assert.equal(busy, 1)
  const until = looks
  cpuMs += 5_000
  await clock.advance(10_000)
  assert.deepEqual([busy, looks], [1, until])
})

test('what is called off looks no more', async () => {
  const clock = createManualClock()
  let cpuMs = 0
  const callOff = whenBusy(
    clock,
    () => assert.fail('called off'),
    () => (cpuMs += 1_000),
  )
  callOff()
  await clock.advance(5_000)
})
