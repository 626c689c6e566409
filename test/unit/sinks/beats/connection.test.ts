import assert from 'node:assert/strict'
import { duplexPair } from 'node:stream'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { beatsOn, type Acked } from '../../../../src/sinks/beats/connection.ts'
import { watch } from '../../../../src/sinks/wire/socket.ts'
import { ackOf } from '../../../support/lumberjack-frames.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { assertCaught } from '../../../support/planted.ts'
import { runs } from '../../../support/property.ts'

/** A window of this many events on its way to a server that is the test itself. */
function underWay(count: number, signal = new AbortController().signal) {
  const clock = createManualClock()
  const [client, server] = duplexPair()
  const connection = beatsOn(watch(client), { silenceMs: 30_000, inAllMs: 600_000 }, clock)
  let settled: Acked | undefined
  const sent = connection.send(Buffer.from('window'), count, signal)
  void sent.then((acked) => (settled = acked))
  server.resume()
  return {
    clock,
    connection,
    server,
    ack: (seq: number) => void server.write(ackOf(seq)),
    settled: (): Acked | undefined => settled,
  }
}

const alive = async (it: ReturnType<typeof underWay>, ms: number, every: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += every) {
    it.ack(0)
    await it.clock.advance(every)
  }
}

test('keep-alives put the deadline off, and are no ACK', async () => {
  const it = underWay(3)
  await alive(it, 300_000, 29_000)
  assert.equal(it.settled(), undefined)
  it.ack(3)
  await it.clock.settle()
  assert.deepEqual(it.settled(), { count: 3 })
  await it.clock.advance(3_600_000)
  assert.equal(it.connection.broken, false, 'nothing is waited for any more')
  assert.equal(it.clock.pending, 0)
})

test('silence ends a window, and what was ACKed counts', async () => {
  const it = underWay(3)
  await it.clock.advance(20_000)
  it.ack(1)
  await it.clock.advance(29_000)
  assert.equal(it.settled(), undefined)
  await it.clock.advance(1_000)
  assert.equal(it.settled()?.count, 1)
  assert.equal(it.settled()?.failure?.message, 'it said nothing for 30s')
  assert.equal(it.connection.broken, true)
})

test('keep-alives put the end of a window off for so long and no longer', async () => {
  const it = underWay(3)
  await alive(it, 600_000, 10_000)
  assert.equal(it.settled()?.count, 0)
  assert.equal(
    it.settled()?.failure?.message,
    'it put the batch off for 10m (is its pipeline blocked?)',
  )
})

test('called off, the connection is broken: a late ACK must not count for the next window', async () => {
  const controller = new AbortController()
  const it = underWay(3, controller.signal)
  it.ack(2)
  await it.clock.settle()
  controller.abort(new Error('called off'))
  await it.clock.settle()
  assert.deepEqual([it.settled()?.count, it.settled()?.failure?.message], [2, 'called off'])
  assert.equal(it.connection.broken, true)
})

/** What a server says, and in which pieces it comes. */
interface Script {
  readonly count: number
  readonly acks: readonly number[]
  readonly sizes: readonly number[]
}

const scripts: fc.Arbitrary<Script> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    acks: fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat(count) }, fc.nat(count + 3)), {
      maxLength: 8,
    }),
    sizes: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 6 }),
  }),
)

/** How an ACK is understood; `undefined`: not at all. */
type Reading = (ack: number, count: number) => number | undefined

/** The last ACK before the first that can't be; then the server ends the connection. */
const onlyWhatWasAcked = (misread: Reading = (ack) => ack) =>
  fc.asyncProperty(scripts, async ({ count, acks, sizes }) => {
    let expected = 0
    for (const ack of acks) {
      if (expected === count || ack > count || (ack !== 0 && ack < expected)) break
      expected = Math.max(expected, ack)
    }
    const it = underWay(count)
    const read = acks.map((ack) => misread(ack, count)).filter((ack) => ack !== undefined)
    const bytes = Buffer.concat(read.map(ackOf))
    for (let at = 0, piece = 0; at < bytes.length; piece++) {
      const size = sizes[piece % sizes.length]!
      it.server.write(bytes.subarray(at, at + size))
      at += size
      await it.clock.settle()
    }
    it.server.end()
    for (let turns = 0; it.settled() === undefined && turns < 20; turns++) await it.clock.settle()
    assert.equal(it.settled()?.count, expected)
    assert.equal(it.settled()?.failure === undefined, expected === count)
  })

describe('whatever a server says, what counts as delivered is what it ACKed', () => {
  test('of any ACKs in any pieces', () => fc.assert(onlyWhatWasAcked(), runs(300)))

  const plants: { readonly [bug: string]: Reading } = {
    'a keep-alive counts as the whole window': (ack, count) => (ack === 0 ? count : ack),
    'an ACK beyond the window counts as the whole': (ack, count) => Math.min(ack, count),
    'a partial ACK is passed over': (ack, count) => (ack < count ? undefined : ack),
    'numbers begin at 0': (ack, count) => (ack > 0 && ack < count ? ack + 1 : ack),
  }
  for (const [bug, misread] of Object.entries(plants))
    test(`caught: ${bug}`, () => assertCaught(onlyWhatWasAcked(misread)))
})
