import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import type { Clock } from '../../src/actors/clock.ts'
import { beatsOptions } from '../../src/sinks/beats/options.ts'
import { createBeatsSink } from '../../src/sinks/beats/sink.ts'
import type { Sink } from '../../src/sinks/sink.ts'
import { makeCertificates } from '../support/certificates.ts'
import { plainRecord } from '../support/entries.ts'
import { ackOf } from '../support/lumberjack-frames.ts'
import { freePort } from '../support/ports.ts'
import { scriptedLumberjack, type Conversation } from '../support/scripted-lumberjack.ts'
import { listening, serveHttp, serveTcp } from '../support/servers.ts'

const entries = [1, 2, 3, 4, 5].map((seq) => ({ ...plainRecord(seq), seq }))

function sinkTo(
  t: TestContext,
  ports: readonly number[],
  options: object = {},
  clock?: Clock,
): Sink {
  const hosts = ports.map((port) => `127.0.0.1:${port}`)
  const sink = createBeatsSink(beatsOptions.parse({ hosts, ...options }), 'stash', clock)
  t.after(() => sink.close?.())
  return sink
}

const deliver = (sink: Sink, some = entries) =>
  sink.deliver({ entries: some }, AbortSignal.timeout(5000))

async function causeFrom(t: TestContext, port: number, options: object = {}): Promise<string> {
  const delivery = await deliver(sinkTo(t, [port], options))
  assert.ok(delivery.status === 'retry', JSON.stringify(delivery))
  return delivery.cause.message
}

const idsOf = (events: readonly { readonly text: string }[]) =>
  events.map(({ text }) => /"_id":"([0-9a-f]{32})"/.exec(text)?.[1])

test('what a partial ACK says is delivered, and the rest is to be sent again', async (t) => {
  await using server = await scriptedLumberjack(({ socket, ack }, { size }) => {
    if (size < 5) return ack(size)
    ack(1, 0, 3)
    socket.end()
  })
  const sink = sinkTo(t, [server.port])
  const delivery = await deliver(sink)
  assert.ok(delivery.status === 'partial', JSON.stringify(delivery))
  assert.deepEqual([delivery.retry, delivery.refused], [[4, 5], []])
  assert.match(delivery.cause!.message, /^server 127\.0\.0\.1:\d+: it closed the connection$/)

  assert.deepEqual(await deliver(sink, entries.slice(3)), { status: 'delivered' })
  const ids = entries.map(({ id }) => id)
  assert.deepEqual(
    server.windows.map(({ events }) => idsOf(events)),
    [ids, ids.slice(3)],
  )
  assert.deepEqual(
    server.windows[1]!.events.map(({ seq }) => seq),
    [1, 2],
  )
})

test('partial ACKs up to the last one are a whole one, and the connection is kept', async (t) => {
  await using server = await scriptedLumberjack(({ ack }) => ack(2, 2, 0, 4, 5, 0))
  const sink = sinkTo(t, [server.port])
  for (let batch = 0; batch < 3; batch++)
    assert.deepEqual(await deliver(sink), { status: 'delivered' })
  assert.deepEqual([server.connections, server.windows.length], [1, 3])
})

const refusals: readonly (readonly [string, (it: Conversation) => void, RegExp, number])[] = [
  ['an ACK beyond the window', ({ ack }) => ack(6), /ACK 6 for a window of 5/, 0],
  ['the largest ACK there is', ({ ack }) => ack(2 ** 32 - 1), /ACK 4294967295 for a window/, 0],
  ['an ACK that goes back', ({ ack }) => ack(3, 2), /ACK 2 after ACK 3/, 3],
  ['an ACK beyond the window, later', ({ ack }) => ack(4, 6), /ACK 6 for a window of 5/, 4],
  [
    'an ACK that is cut',
    ({ socket }) => void socket.end(Buffer.concat([ackOf(2), ackOf(5).subarray(0, 3)])),
    /closed the connection in the middle of an ACK/,
    2,
  ],
  ['an end without ACK', ({ socket }) => void socket.end(), /closed .*if it wants TLS/, 0],
  ['a reset', ({ socket }) => void socket.resetAndDestroy(), /ECONNRESET \(is this a beats/, 0],
  [
    'an answer of something else',
    ({ socket }) => void socket.write('220 mail ESMTP\r\n'),
    /no ACK of lumberjack v2; is this a beats input\? 220 mail ESMTP/,
    0,
  ],
]

for (const [name, misbehave, reason, acked] of refusals) {
  test(`${name} is a clear failure, and what was ACKed before it counts`, async (t) => {
    await using server = await scriptedLumberjack(misbehave)
    const sink = sinkTo(t, [server.port])
    const delivery = await deliver(sink)
    if (acked === 0) assert.equal(delivery.status, 'retry')
    else {
      assert.ok(delivery.status === 'partial')
      assert.deepEqual(delivery.retry, [1, 2, 3, 4, 5].slice(acked))
    }
    assert.ok('cause' in delivery)
    assert.match(delivery.cause.message, reason)
    await deliver(sink)
    assert.equal(server.connections, 2, 'another connection for the next try')
  })
}

test('an ACK when nothing is under way is refused, and the next batch has a new connection', async (t) => {
  await using server = await scriptedLumberjack(({ number, ack }) => {
    assert.equal(number, 0)
    ack(5, 5)
  })
  const sink = sinkTo(t, [server.port])
  assert.deepEqual(await deliver(sink), { status: 'delivered' })
  assert.deepEqual(await deliver(sink), { status: 'delivered' })
  assert.equal(server.connections, 2)
})

test('a connection that ends while nothing is under way is replaced without a failure', async (t) => {
  const ended = Promise.withResolvers<void>()
  await using server = await scriptedLumberjack(({ socket, ack }) => {
    socket.on('close', () => ended.resolve())
    ack(5)
    socket.end() // as a beats input does after client_inactivity_timeout
  })
  const sink = sinkTo(t, [server.port])
  assert.deepEqual(await deliver(sink), { status: 'delivered' })
  await ended.promise
  assert.deepEqual(await deliver(sink), { status: 'delivered' })
  assert.equal(server.connections, 2)
})

test('an HTTP server, one that wants TLS, and one that speaks none are told apart', async (t) => {
  const files = await makeCertificates(t)
  await using http = await serveHttp((_, response) => void response.end('hello'))
  await using tls = await listening(
    createTlsServer({ cert: readFileSync(files.serverCert), key: readFileSync(files.serverKey) }),
  )
  await using plain = await scriptedLumberjack(({ ack }) => ack(5))
  await using silent = await serveTcp(() => undefined)
  assert.match(await causeFrom(t, http.port), /speaks HTTP.*beats input\? HTTP\/1\.1 400/)
  assert.match(await causeFrom(t, tls.port), /beats\+tls:/)
  const encrypted = { tls: true, ca: files.ca }
  assert.match(await causeFrom(t, http.port, encrypted), /does it speak TLS at all\?.*beats:/)
  assert.match(await causeFrom(t, plain.port, encrypted), /does it speak TLS at all\?.*beats:/)
  const impatient = { ...encrypted, timeout: '200ms' }
  assert.match(await causeFrom(t, silent.port, impatient), /connecting took longer than 0.2 s/)
})

test('where all servers are away, each of them is named with its reason', async (t) => {
  const ports = [await freePort(), await freePort()]
  const delivery = await deliver(sinkTo(t, ports))
  assert.ok(delivery.status === 'retry')
  const [first, second] = ports.map((port) => `127.0.0.1:${port}: connect ECONNREFUSED [^;]*`)
  assert.match(delivery.cause.message, new RegExp(`^${first}; ${second}$`))
  assert.equal(delivery.blame, 'sink')
})

test('the next server is asked where one fails, and stays the one', async (t) => {
  let healthy = true
  await using first = await scriptedLumberjack(({ socket, ack }) => {
    if (healthy) ack(5)
    else socket.end(ackOf(2))
  })
  await using second = await scriptedLumberjack(({ ack }, { size }) => ack(size))
  const sink = sinkTo(t, [await freePort(), first.port, second.port])
  await deliver(sink)
  healthy = false
  assert.equal((await deliver(sink)).status, 'partial')
  assert.deepEqual(await deliver(sink, entries.slice(2)), { status: 'delivered' })
  assert.deepEqual(await deliver(sink), { status: 'delivered' })
  assert.deepEqual([first.windows.length, second.windows.length], [2, 2])
})

test('entries over maxEntry are refused with their size, the others are delivered', async (t) => {
  await using server = await scriptedLumberjack(({ ack }, { size }) => ack(size))
  const sink = sinkTo(t, [server.port], { maxEntry: '4KiB' })
  const large = { ...plainRecord(2, { label: 'a'.repeat(5000) }), seq: 2 }
  const delivery = await deliver(sink, [entries[0]!, large, entries[2]!])
  assert.ok(delivery.status === 'partial')
  assert.deepEqual([delivery.retry, delivery.refused.map(({ seq }) => seq)], [[], [2]])
  assert.match(
    delivery.refused[0]!.reason,
    /^the document has \d{5} bytes; maxEntry allows 4 ?KiB$/,
  )
  assert.equal((await deliver(sink, [large])).status, 'partial')
  assert.deepEqual(
    server.windows.map(({ size }) => size),
    [2],
    'never a window of 0',
  )
})
