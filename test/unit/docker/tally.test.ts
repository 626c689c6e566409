import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTally, type Tally } from '../../../src/docker/tally.ts'

let ids = 0
function receive(tally: Tally, events: number): string {
  for (let n = 0; n < events; n++) tally.received(`id-${++ids}`)
  return `id-${ids}`
}
const count = (total: number, life = 'one') => ({ total, life })
const hole = (from: bigint, to: bigint) => ({ from, to })

test('what was counted and not received was missed; what lay before the first reading is not known', () => {
  const tally = createTally()
  receive(tally, 3)
  assert.equal(tally.isSettled, false)
  assert.equal(tally.reading(count(100), 10n, `id-${ids}`), undefined)
  receive(tally, 5)
  assert.equal(tally.reading(count(105), 20n, `id-${ids}`), undefined)
  tally.gap(hole(22n, 25n), 'reconnect')
  tally.gap(hole(21n, 23n), 'overflow')
  assert.equal(tally.isSettled, false)
  receive(tally, 2)
  const verdict = { hole: hole(21n, 25n), cause: 'reconnect', count: 7 }
  assert.deepEqual(tally.reading(count(114), 30n, `id-${ids}`), verdict)
  assert.equal(tally.isSettled, true)
})

test('a gap in which nothing is missing, and a loss of which nobody knew', () => {
  const tally = createTally()
  tally.reading(count(0), 10n, `id-${ids}`)
  tally.gap(hole(11n, 12n), 'reconnect')
  const nothing = { hole: hole(11n, 12n), cause: 'reconnect', count: 0 }
  assert.deepEqual(tally.reading(count(0), 20n, `id-${ids}`), nothing)
  const unknown = { hole: hole(20n, 30n), count: 1 }
  assert.deepEqual(tally.reading(count(1), 30n, `id-${ids}`), unknown)
  assert.equal(tally.reading(count(1), 40n, `id-${ids}`), undefined)
})

test('nothing is said over a restart, after a doubt, or where more was received than counted', () => {
  const tally = createTally()
  tally.reading(count(50), 10n, `id-${ids}`)
  tally.gap(hole(11n, 12n), 'reconnect')
  assert.equal(tally.reading(count(90, 'two'), 20n, `id-${ids}`), undefined)
  tally.doubt()
  assert.equal(tally.reading(count(95, 'two'), 30n, `id-${ids}`), undefined)
  receive(tally, 2)
  assert.equal(tally.reading(count(96, 'two'), 40n, `id-${ids}`), undefined)
})

test('an event has the number the engine gave it, unless something may be missing before it', () => {
  const tally = createTally()
  const early = receive(tally, 1)
  assert.equal(tally.countAt(early), undefined)
  const last = receive(tally, 1)
  tally.reading(count(40), 10n, `id-${ids}`)
  assert.deepEqual(tally.countAt(last), count(40))
  assert.deepEqual(tally.countAt(receive(tally, 2)), count(42))
  tally.gap(hole(11n, 12n), 'reconnect')
  const behind = receive(tally, 1)
  assert.equal(tally.countAt(behind), undefined)
  tally.reading(count(50), 20n, `id-${ids}`)
  assert.deepEqual(tally.countAt(behind), count(50))
  for (let n = 0; n < 3; n++) receive(tally, 8_192)
  assert.equal(tally.countAt(behind), undefined)
})

test('a process goes on with what an earlier one knew', () => {
  const tally = createTally(count(70))
  assert.equal(tally.isSettled, true)
  tally.gap(hole(5n, 6n), 'reconnect')
  receive(tally, 4)
  assert.deepEqual(tally.reading(count(80), 9n, `id-${ids}`), {
    hole: hole(5n, 6n),
    cause: 'reconnect',
    count: 6,
  })
})
