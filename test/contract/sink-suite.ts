import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EntryId, Record, Sequenced } from '../../src/model/entry.ts'
import type { Delivery } from '../../src/model/delivery.ts'
import type { Sink } from '../../src/sinks/sink.ts'
import { plainRecord } from '../support/entries.ts'

/** A sink with its receiver, both made for one test. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** What the receiver has, in the order it came; waits for what is under way. */
  received(): Promise<readonly EntryId[]>
  /** The receiver goes away. */
  away?(): Promise<void>
  /** It is there again, with what it had. */
  back?(): Promise<void>
  dispose(): Promise<void>
}

export interface SinkSuite {
  readonly kind: string
  readonly make: () => Promise<SinkUnderTest>
  /** Why it can't run here; shown with the skip. */
  readonly skip?: string | false
  /** The most text an entry of the suite carries. Default 1 MiB. */
  readonly largest?: number
  /** Whether the receiver tells entries apart and keeps one of each. Default false. */
  readonly keepsOneOfEach?: boolean
  /** The receiver can't go away, so nothing is asked about that. Default false. */
  readonly neverAway?: boolean
  /** Deadline of one test, in ms. Default 60,000. */
  readonly timeoutMs?: number
}

/** The one suite every sink passes. */
export function sinkSuite(suite: SinkSuite): void {
  const { kind, make, skip = false, largest = 1024 * 1024, keepsOneOfEach = false } = suite
  const { neverAway = false } = suite
  const options = { skip, timeout: suite.timeoutMs ?? 60_000 }

  function contract(promise: string, check: (it: SinkUnderTest) => Promise<void>): void {
    test(promise, options, async () => {
      const it = await make()
      try {
        await check(it)
      } finally {
        await it.sink.close?.()
        await it.dispose()
      }
    })
  }

  describe(`sink contract: ${kind}`, () => {
    contract('delivers a batch in order', async (it) => {
      const entries = batchOf(1, 25)
      await deliver(it.sink, entries)
      assert.deepEqual(await it.received(), idsOf(entries))
    })

    contract('delivers batch after batch, also after being closed and opened again', async (it) => {
      const entries = batchOf(1, 9)
      await deliver(it.sink, entries.slice(0, 3))
      await deliver(it.sink, entries.slice(3, 6))
      await it.sink.close?.()
      await deliver(it.sink, entries.slice(6))
      assert.deepEqual(await it.received(), idsOf(entries))
    })

    contract('takes the same entries again', async (it) => {
      const entries = batchOf(1, 3)
      await deliver(it.sink, entries)
      await deliver(it.sink, entries)
      const ids = idsOf(entries)
      assert.deepEqual(await it.received(), keepsOneOfEach ? ids : [...ids, ...ids])
    })

    contract(
      'delivers any text: control characters, all of Unicode, lone surrogates',
      async (it) => {
        const entries = strangeTexts.map((text, at) =>
          sequenced(plainRecord(at + 1, { label: text, [`key ${text}`]: 'value' }), at + 1),
        )
        await deliver(it.sink, entries)
        assert.deepEqual(await it.received(), idsOf(entries))
      },
    )

    contract(`delivers an entry of ${largest} bytes among others`, async (it) => {
      const entries = batchOf(1, 3)
      const large = sequenced(plainRecord(2, { label: 'a'.repeat(largest) }), 2)
      const mixed = [entries[0]!, large, entries[2]!]
      await deliver(it.sink, mixed)
      assert.deepEqual(await it.received(), idsOf(mixed))
    })

    contract('settles at once when called off before it begins', async (it) => {
      const signal = AbortSignal.abort(new Error('called off'))
      const outcome = await settledWithin(attempt(it.sink, batchOf(1, 3), signal), 2000)
      assert.notEqual(outcome, 'never')
      await deliver(it.sink, batchOf(4, 3))
      const ids = await it.received()
      assert.ok(idsOf(batchOf(4, 3)).every((id) => ids.includes(id)))
    })

    contract('settles soon when called off on its way, and works afterwards', async (it) => {
      const controller = new AbortController()
      await it.sink.open?.(new AbortController().signal)
      const under = attempt(it.sink, batchOf(1, 200), controller.signal)
      controller.abort(new Error('called off'))
      assert.notEqual(await settledWithin(under, 2000), 'never')
      await deliver(it.sink, batchOf(201, 3))
      const ids = await it.received()
      assert.ok(idsOf(batchOf(201, 3)).every((id) => ids.includes(id)))
    })

    contract('can be closed twice, and without having been opened', async (it) => {
      await it.sink.close?.()
      await deliver(it.sink, batchOf(1, 1))
      await it.sink.close?.()
      await it.sink.close?.()
    })

    if (neverAway) return
    contract('asks for another try while the receiver is away, then delivers', async (it) => {
      const entries = batchOf(1, 6)
      await deliver(it.sink, entries.slice(0, 3))
      await it.away!()
      const lost = await attempt(it.sink, entries.slice(3), AbortSignal.timeout(20_000))
      assert.equal(lost.status, 'retry')
      assert.ok(lost.status === 'retry' && lost.cause.message.length > 3, 'says why')
      await it.back!()
      await untilDelivered(it.sink, entries.slice(3))
      const ids = await it.received()
      assert.deepEqual(firstOfEach(ids), idsOf(entries))
    })
  })
}

const strangeTexts: readonly string[] = [
  '',
  'line\nbreak\r\nand\ttab',
  '\u0000\u0001\u001F\u007F\u0085\u2028\u2029',
  '"quoted" \\back\\slash\\ud800',
  'žluťoučký kůň 容器 🐳 👩‍👩‍👧',
  '\uFEFF\uFFFD\uFFFF\u{10FFFF}',
  'lone \uD800 high, lone \uDC00 low, reversed \uDC00\uD800',
  '{"json":[1,2,{"a":null}]}',
]

function sequenced(record: Record, seq: number): Sequenced {
  return { ...record, seq }
}

function batchOf(from: number, count: number): Sequenced[] {
  return Array.from({ length: count }, (_, at) => sequenced(plainRecord(from + at), from + at))
}

const idsOf = (entries: readonly Sequenced[]): EntryId[] => entries.map(({ id }) => id)
const firstOfEach = (ids: readonly EntryId[]): EntryId[] => [...new Set(ids)]

/** What the shipper does for one try: open, deliver; whatever is thrown counts as `retry`. */
async function attempt(
  sink: Sink,
  entries: readonly Sequenced[],
  signal: AbortSignal,
): Promise<Delivery> {
  try {
    await sink.open?.(signal)
    return await sink.deliver({ entries }, signal)
  } catch (error) {
    assert.ok(error instanceof Error)
    return { status: 'retry', cause: error }
  }
}

async function deliver(sink: Sink, entries: readonly Sequenced[]): Promise<void> {
  const delivery = await attempt(sink, entries, AbortSignal.timeout(20_000))
  if (delivery.status === 'retry' || delivery.status === 'refused') throw delivery.cause
  assert.deepEqual(delivery, { status: 'delivered' })
}

/** A receiver that is back may need a moment, and a sink one more try to see it. */
async function untilDelivered(sink: Sink, entries: readonly Sequenced[]): Promise<void> {
  let last: Error | undefined
  for (let tries = 0; tries < 20; tries++) {
    const delivery = await attempt(sink, entries, AbortSignal.timeout(20_000))
    if (delivery.status === 'delivered') return
    last = 'cause' in delivery ? delivery.cause : new Error(delivery.status)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw last ?? new Error('never delivered')
}

async function settledWithin(work: Promise<Delivery>, ms: number): Promise<Delivery | 'never'> {
  const timer = Promise.withResolvers<'never'>()
  const timeout = setTimeout(() => timer.resolve('never'), ms)
  try {
    return await Promise.race([work, timer.promise])
  } finally {
    clearTimeout(timeout)
  }
}
