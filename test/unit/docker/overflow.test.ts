import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createOverflowWatch, type Overflow } from '../../../src/docker/overflow.ts'

/** A watch over an engine with four slots and a wait of 100; its clock shows what `read` says. */
function watch(liveFrom = 0n) {
  let now = 0n
  const overflow = createOverflowWatch({
    queue: { slots: 4, waitMs: 100 },
    liveFrom: ms(liveFrom),
    engineNow: () => ms(now),
  })
  const told: (readonly [number, bigint, bigint])[] = []
  let count = 0
  const note = (found: Overflow | undefined): void => {
    count++
    if (found !== undefined) told.push([count, found.from / 1_000_000n, found.to / 1_000_000n])
  }
  return {
    /** Events of these moments are read at once. */
    read: (at: bigint, ...times: readonly bigint[]): void => {
      now = at
      overflow.read()
      for (const time of times) note(overflow.event({ time: ms(time) }))
    },
    swarm: (at: bigint, ...times: readonly bigint[]): void => {
      now = at
      overflow.read()
      for (const time of times) note(overflow.event({ time: ms(time), scope: 'swarm' }))
    },
    /** Behind which event, from when, until when. */
    told,
  }
}

const ms = (millis: bigint): bigint => millis * 1_000_000n

describe('a pause', () => {
  test('that left four events for 100 ms: from the last of them until the reading', () => {
    const { read, told } = watch()
    read(1_000n, 1_000n)
    read(5_000n, 1_100n, 1_200n, 1_300n, 1_400n, 4_999n, 5_000n)
    assert.deepEqual(told, [[5, 1_400n, 5_000n]])
  })

  test('in which three were left, or four for 99 ms, can have lost nothing', () => {
    const three = watch()
    three.read(1_000n, 1_000n)
    three.read(5_000n, 1_100n, 1_200n, 1_300n, 4_901n, 4_902n, 4_903n, 4_904n)
    assert.deepEqual(three.told, [])
    const short = watch()
    short.read(1_199n, 1_000n, 1_000n, 1_000n, 1_100n)
    assert.deepEqual(short.told, [])
    const enough = watch()
    enough.read(1_200n, 1_000n, 1_000n, 1_000n, 1_100n)
    assert.deepEqual(enough.told, [[4, 1_100n, 1_200n]])
  })

  test('is told once, whatever else was in the connection, and the next one anew', () => {
    const { read, told } = watch()
    read(5_000n, 1_000n, 1_100n, 1_200n, 1_300n, 1_400n, 1_500n)
    read(5_010n, 1_600n, 5_001n)
    read(9_000n, 5_100n, 5_200n, 5_300n, 5_400n)
    assert.deepEqual(told, [
      [4, 1_300n, 5_000n],
      [12, 5_400n, 9_000n],
    ])
  })
})

test('a reader that is always late, without a pause, is told of as long as that lasts', () => {
  const { read, told } = watch()
  const late = 200n
  const times = Array.from({ length: 100 }, (_, n) => 1_000n + BigInt(n) * 30n)
  for (const time of times) read(time + late, time)
  for (const [n, time] of times.entries()) {
    if (n < 3) continue
    const until = times[n - 3]! + late - 100n
    const said = told.some(([count, from, to]) => count <= n + 1 && from <= time && until <= to)
    assert.ok(said, `behind event ${n} something may be missing from ${time} to ${until}`)
  }
  assert.ok(told.length < 20)
})

test('history takes no slots', () => {
  const { read, told } = watch(5_000n)
  read(5_000n, 1_000n, 1_100n, 1_200n, 1_300n, 1_400n, 4_999n)
  read(5_001n, 5_001n)
  assert.deepEqual(told, [])
  read(6_000n, 5_100n, 5_200n, 5_300n)
  assert.deepEqual(told, [])
  read(7_000n, 6_100n, 6_200n, 6_300n, 6_400n)
  assert.deepEqual(told, [[14, 6_400n, 7_000n]])
})

test('events of swarm scope are counted, and their times mean nothing', () => {
  const { read, swarm, told } = watch()
  read(1_000n, 1_000n)
  swarm(5_000n, 9_999_999n, 1n)
  read(5_000n, 1_300n, 1_400n)
  read(5_001n, 5_001n)
  assert.deepEqual(told, [[5, 1_400n, 5_000n]])
})

describe('a clock that is set', () => {
  test('forward: the next event shows it, and a pause behind it is found', () => {
    const { read, told } = watch()
    read(1_000n, 1_000n)
    read(1_010n, 3_601_010n)
    read(5_000n, 3_601_100n, 3_601_200n, 3_601_300n, 3_601_400n)
    assert.deepEqual(told, [[6, 3_601_400n, 3_605_000n]])
  })

  test('back: nothing is told for it, and a pause behind it is found', () => {
    const { read, told } = watch()
    for (let n = 0n; n < 8n; n++) read(3_600_000n + n, 3_600_000n + n)
    for (let n = 0n; n < 8n; n++) read(3_601_000n + n, 1_000n + n)
    assert.deepEqual(told, [])
    read(3_605_000n, 1_100n, 1_200n, 1_300n, 1_400n)
    assert.deepEqual(told, [[20, 1_400n, 5_000n]])
  })
})
