import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEngineCore, type CoreOptions, type EngineCore } from '../../../src/testing/core.ts'
import type { EngineStream } from '../../../src/testing/stream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

interface Reader {
  readonly clock: ManualClock
  readonly core: EngineCore
  /** Ids of the events that no reader has or will get. */
  readonly lost: readonly string[]
  /** Ids of the events that were written to this reader, and how it ended. */
  readonly got: string[]
  readonly stream: EngineStream
  /** Whether the transport takes more. */
  room: number
}

function reader(options: CoreOptions & { since?: bigint; until?: bigint; room?: number }): Reader {
  const clock = createManualClock()
  const lost: string[] = []
  const core = createEngineCore({ clock, onLost: ({ event }) => lost.push(event.id), ...options })
  return Object.assign(open(core, options), { clock, lost, core })
}

function open(
  core: EngineCore,
  { since, until, room = Infinity }: { since?: bigint; until?: bigint; room?: number },
): Pick<Reader, 'got' | 'stream' | 'room'> {
  const got: string[] = []
  const interval = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  }
  const opened = { got, room, stream: undefined as unknown as EngineStream }
  opened.stream = core.subscribe(interval, {
    write(text) {
      got.push(/"ID":"(\w*)"/.exec(text)?.[1] ?? text)
      return got.length < opened.room
    },
    end: () => got.push('end'),
    cut: () => got.push('cut'),
  })
  return opened
}

const publish = (core: EngineCore, ...ids: string[]): void => {
  for (const id of ids) core.publish({ action: 'start', id })
}

describe('a reader that does not read', () => {
  test('has so many slots; what finds none waits 100 ms and is lost, for it alone', async () => {
    const slow = reader({ slots: 2, room: 1 })
    const quick = open(slow.core, {})
    publish(slow.core, 'a', 'b', 'c', 'd', 'e')
    assert.deepEqual(slow.got, ['a']) // a is in the hands of who writes; b and c in the slots
    await slow.clock.advance(99)
    assert.deepEqual(slow.lost, [])
    await slow.clock.advance(1)
    assert.deepEqual(slow.lost, ['d', 'e'])
    slow.room = Infinity
    slow.stream.drained()
    assert.deepEqual(slow.got, ['a', 'b', 'c'])
    assert.deepEqual(quick.got, ['a', 'b', 'c', 'd', 'e'])
  })

  test('loses nothing when it reads again in time, and the order stays', async () => {
    const slow = reader({ slots: 1, room: 1 })
    publish(slow.core, 'a', 'b', 'c')
    await slow.clock.advance(60)
    publish(slow.core, 'd')
    slow.room = 2
    slow.stream.drained()
    assert.deepEqual(slow.got, ['a', 'b'])
    await slow.clock.advance(39)
    slow.room = Infinity
    slow.stream.drained()
    assert.deepEqual(slow.got, ['a', 'b', 'c', 'd'])
    await slow.clock.advance(1_000)
    assert.deepEqual(slow.lost, [])
  })

  test('gets the history past the slots, at its own pace', async () => {
    const slow = reader({ slots: 1 })
    publish(slow.core, 'a', 'b', 'c')
    const late = open(slow.core, { since: 1n, room: 1 })
    publish(slow.core, 'd', 'e')
    await slow.clock.advance(100)
    late.room = Infinity
    late.stream.drained()
    assert.deepEqual(late.got, ['a', 'b', 'c', 'd'])
    assert.deepEqual(slow.lost, ['e'])
  })

  test('of Podman loses nothing', async () => {
    const slow = reader({ kind: 'podman', room: 1 })
    publish(slow.core, ...Array.from({ length: 3_000 }, (_, n) => `n${n}`))
    await slow.clock.advance(1_000)
    slow.room = Infinity
    slow.stream.drained()
    assert.equal(slow.got.length, 3_000)
  })
})

describe('history', () => {
  const times = (core: EngineCore, ...all: readonly bigint[]): void => {
    for (const time of all) core.publish({ action: 'start', id: `t${time}`, time })
  }

  test('since and until are inclusive, and the scan stops at the first older event', () => {
    const { core } = reader({})
    times(core, 50n, 10n, 20n, 20n, 30n)
    const between = (since?: bigint, until?: bigint) => open(core, { since, until } as object).got
    assert.deepEqual(between(20n, 30n), ['t20', 't20', 't30', 'end'])
    assert.deepEqual(between(20n, 20n), ['t20', 't20', 'end'])
    assert.deepEqual(between(11n, 60n), ['t20', 't20', 't30', 'end']) // 50 stands before 10
    assert.deepEqual(between(10n, 60n), ['t50', 't10', 't20', 't20', 't30', 'end'])
    assert.deepEqual(between(undefined, 10n), ['t10', 'end'])
    assert.deepEqual(between(), [])
  })

  test('is 256 events, and gone with the engine, as its count of events', () => {
    const { core } = reader({})
    publish(core, ...Array.from({ length: 300 }, (_, n) => `n${n}`))
    assert.equal(core.total, 300)
    assert.deepEqual(
      [open(core, { since: 1n }).got.length, open(core, { since: 1n }).got[0]],
      [256, 'n44'],
    )
    core.forget()
    assert.equal(core.total, 0)
    assert.deepEqual(open(core, { since: 1n }).got, [])
  })

  test('overlaps with what is live: who comes between the two halves gets it twice', () => {
    const { core } = reader({})
    const first = core.append({ action: 'start', id: 'a' })
    const second = core.append({ action: 'start', id: 'b' })
    const { got } = open(core, { since: 1n })
    core.announce(second)
    core.announce(first)
    assert.deepEqual(got, ['a', 'b', 'b', 'a'])
  })
})

test('until in the future: the stream ends then', async () => {
  const clock = createManualClock()
  const core = createEngineCore({ clock })
  const { got } = open(core, { until: clock.nowNanos() + 50_000_000n })
  publish(core, 'a')
  await clock.advance(50)
  publish(core, 'b')
  assert.deepEqual(got, ['a', 'end'])
  assert.equal(core.subscribers, 0)
})

test('a proxy that cuts idle streams cuts after so long without a word', async () => {
  const { core, clock } = reader({})
  core.idleMs = 1_000
  const { got } = open(core, {})
  await clock.advance(900)
  publish(core, 'a')
  await clock.advance(999)
  assert.deepEqual(got, ['a'])
  await clock.advance(1)
  assert.deepEqual(got, ['a', 'cut'])
})
