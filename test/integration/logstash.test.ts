import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import type { Sequenced } from '../../src/model/entry.ts'
import { logstashOptions } from '../../src/sinks/logstash/options.ts'
import { createLogstashSink } from '../../src/sinks/logstash/sink.ts'
import type { Sink } from '../../src/sinks/sink.ts'
import { plainRecord } from '../support/entries.ts'
import { requirePeer } from '../support/peers.ts'
import { serveTcp } from '../support/servers.ts'
import { tcpReceiver, type TcpReceiver } from '../support/tcp-receiver.ts'

const BATCH = 100

const batchAt = (number: number): Sequenced[] =>
  Array.from({ length: BATCH }, (_, index) => {
    const seq = number * BATCH + index + 1
    return { ...plainRecord(seq), seq }
  })

function sinkTo(t: TestContext, port: number, options: object = {}): Sink {
  const sink = createLogstashSink(logstashOptions.parse({ port, ...options }), 'legacy')
  t.after(() => sink.close?.())
  return sink
}

/** As the shipper does it: the same batch until it is delivered. Answers how often it was retried. */
async function deliver(sink: Sink, entries: readonly Sequenced[]): Promise<number> {
  for (let retries = 0; ; retries++) {
    const { status } = await sink.deliver({ entries }, AbortSignal.timeout(10_000))
    if (status === 'delivered') return retries
    assert.equal(status, 'retry')
    assert.ok(retries < 500, 'never delivered')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function missing(receiver: TcpReceiver, count: number): Promise<number[]> {
  const documents = (await receiver.received()) as { event: { sequence: number } }[]
  const got = new Set(documents.map(({ event }) => event.sequence))
  return Array.from({ length: count }, (_, index) => index + 1).filter((seq) => !got.has(seq))
}

/** Whether a batch counts as delivered, to a receiver that does not read. */
async function isTaken(sink: Sink, entries: readonly Sequenced[]): Promise<boolean> {
  const { status } = await sink.deliver({ entries }, AbortSignal.timeout(2_000))
  return status === 'delivered'
}

/** Most bytes on their way between two programs: docs/sinks/logstash.md states it. */
function kernelsHold(): number {
  const limits = ['wmem', 'rmem'].map((name) =>
    readFileSync(`/proc/sys/net/ipv4/tcp_${name}`, 'utf8'),
  )
  return limits.reduce((sum, text) => sum + Number(text.trim().split(/\s+/)[2]), 0)
}

test('a receiver killed and restarted in mid-stream gets every entry at least once', async (t) => {
  const rsyslogd = await requirePeer(t, tcpReceiver)
  if (rsyslogd === undefined) return
  await using receiver = await rsyslogd.open()
  await receiver.start()
  const sink = sinkTo(t, receiver.port)
  let batches = 0
  let retries = 0
  const over = new AbortController()
  const stream = async (): Promise<void> => {
    while (!over.signal.aborted) retries += await deliver(sink, batchAt(batches++))
  }
  const killings = async (): Promise<void> => {
    for (let kills = 1; kills <= 6; kills++) {
      // Each time at another point of a batch's way.
      await new Promise((resolve) => setTimeout(resolve, 200 + 37 * kills))
      await receiver.kill()
      await receiver.start()
    }
    over.abort()
  }
  await Promise.all([stream(), killings()])
  t.diagnostic(`${batches * BATCH} entries, ${retries} retries`)
  assert.ok(retries > 0, 'no batch was disturbed')
  assert.deepEqual(await missing(receiver, batches * BATCH), [])
})

test('what a stalled receiver has not read is not delivered, also when it is killed then', async (t) => {
  const rsyslogd = await requirePeer(t, tcpReceiver)
  if (rsyslogd === undefined) return
  await using receiver = await rsyslogd.open()
  await receiver.start()
  const sink = sinkTo(t, receiver.port)
  await deliver(sink, batchAt(0))
  receiver.pause()
  for (let tries = 0; tries < 3; tries++) {
    const stalled = await sink.deliver({ entries: batchAt(1) }, AbortSignal.timeout(300))
    assert.equal(stalled.status, 'retry')
  }
  await receiver.kill()
  await receiver.start()
  await deliver(sink, batchAt(1))
  assert.deepEqual(await missing(receiver, 2 * BATCH), [])
})

test('a receiver that was only slow gets a batch once, however often it was tried', async (t) => {
  const rsyslogd = await requirePeer(t, tcpReceiver)
  if (rsyslogd === undefined) return
  await using receiver = await rsyslogd.open()
  await receiver.start()
  const sink = sinkTo(t, receiver.port)
  receiver.pause()
  for (let tries = 0; tries < 5; tries++)
    await sink.deliver({ entries: batchAt(0) }, AbortSignal.timeout(300))
  assert.equal(sink.undecided, true, 'the same batch has to come again')
  receiver.resume()
  assert.equal(await deliver(sink, batchAt(0)), 0)
  assert.equal(sink.undecided, false)
  assert.equal((await receiver.received()).length, BATCH)
})

test('confirm=quiet: a receiver that stands still and is killed loses at most what two kernels hold', async (t) => {
  const rsyslogd = await requirePeer(t, tcpReceiver)
  if (rsyslogd === undefined) return
  await using receiver = await rsyslogd.open()
  await receiver.start()
  const sink = sinkTo(t, receiver.port, { confirm: 'quiet', settle: '10ms' })
  await deliver(sink, batchAt(0))
  assert.deepEqual(await missing(receiver, BATCH), [])
  receiver.pause()
  let batches = 1
  while (await isTaken(sink, batchAt(batches))) batches += 1
  await receiver.kill()
  await receiver.start()
  await deliver(sink, batchAt(batches++))
  const lost = (await missing(receiver, batches * BATCH)).length
  const [document] = await receiver.received()
  const bytes = lost * JSON.stringify(document).length
  t.diagnostic(`${lost} of ${batches * BATCH} entries lost, ${bytes} bytes of ${kernelsHold()}`)
  assert.ok(lost > 0, 'nothing was at risk')
  assert.ok(bytes <= kernelsHold())
})

test('a lasting connection lasts', async (t) => {
  let connections = 0
  let lines = 0
  await using server = await serveTcp((socket) => {
    connections++
    socket.on('data', (text) => (lines += text.toString().split('\n').length - 1))
  })
  const sink = sinkTo(t, server.port, { confirm: 'quiet', settle: '10ms' })
  for (let number = 0; number < 4; number++) await deliver(sink, batchAt(number))
  assert.deepEqual([connections, lines], [1, 4 * BATCH])
})

test('a lasting connection that the receiver ended is noticed before the next batch', async (t) => {
  const ended: (() => void)[] = []
  let lines = 0
  await using server = await serveTcp((socket) => {
    socket.on('data', (text) => (lines += text.toString().split('\n').length - 1))
    ended.push(() => socket.end())
  })
  const sink = sinkTo(t, server.port, { confirm: 'quiet', settle: '10ms' })
  await deliver(sink, batchAt(0))
  ended[0]!()
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await deliver(sink, batchAt(1)), 0)
  assert.deepEqual([ended.length, lines], [2, 2 * BATCH])
})

const strangers: readonly (readonly [name: string, says: Buffer | string, RegExp])[] = [
  ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /only read.*HTTP\/1\.1 400 Bad Request/],
  ['a TLS server', Buffer.from([0x15, 3, 3, 0, 2, 2, 70]), /it wants TLS \(use logstash\+tls\)/],
]

for (const [name, says, cause] of strangers) {
  test(`${name} is told from a receiver by its answer`, async (t) => {
    await using server = await serveTcp((socket) => {
      socket.once('data', () => socket.end(says))
    })
    const sink = sinkTo(t, server.port)
    const delivery = await sink.deliver({ entries: batchAt(0) }, AbortSignal.timeout(5000))
    assert.ok(delivery.status === 'retry')
    assert.match(delivery.cause.message, cause)
  })
}

test('a proxy that takes connections and drops them has not taken the batch', async (t) => {
  await using server = await serveTcp((socket) => socket.destroy())
  const sink = sinkTo(t, server.port)
  const delivery = await sink.deliver({ entries: batchAt(0) }, AbortSignal.timeout(5000))
  assert.equal(delivery.status, 'retry')
})
