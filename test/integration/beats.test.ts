import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createAuditor } from '../../src/agent/auditor.ts'
import { openJournal } from '../../src/journal/open.ts'
import { recordOf } from '../../src/model/entry-factory.ts'
import type { Record } from '../../src/model/entry.ts'
import { beatsOptions } from '../../src/sinks/beats/options.ts'
import { createBeatsSink } from '../../src/sinks/beats/sink.ts'
import { makeCertificates } from '../support/certificates.ts'
import { engine, START_NANOS } from '../support/entries.ts'
import { eventLine } from '../support/event-line.ts'
import { eventually } from '../support/eventually.ts'
import { cuttingTcpProxy } from '../support/faults/cutting-tcp-proxy.ts'
import { chances } from '../support/faults/scale.ts'
import { lumberjackServer, type LumberjackServer } from '../support/lumberjack-server.ts'
import { requirePeer } from '../support/peers.ts'

/** A record whose time has digits that no float64 holds. */
function recordAt(number: number): Record {
  const event = {
    type: 'container',
    action: 'start',
    actorId: number.toString(16).padStart(64, '0'),
    attributes: { image: 'shop/api:1.4.2', name: `web-${number}` },
    scope: 'local',
    time: START_NANOS + BigInt(number) * 1_000_000_007n + 1n,
  }
  return recordOf(engine, { ...event, line: eventLine(event) })
}

/** An auditor without engine whose journal has these records, and one sink with these options. */
async function auditorWith(t: TestContext, count: number, options: object) {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-beats-'))
  const onFatal = (error: Error): never => {
    throw error
  }
  const journal = await openJournal({ dir, onFatal })
  for (let from = 0; from < count; from += 1000) {
    const size = Math.min(1000, count - from)
    await journal.append(Array.from({ length: size }, (_, at) => recordAt(from + at)))
  }
  const parsed = beatsOptions.parse(options)
  const sink = createBeatsSink(parsed, 'stash')
  const { batch, every, timeout } = parsed
  const sinks = [{ sink, batch, every, timeout, from: 'start' as const }]
  const auditor = createAuditor({ engines: [], journal, sinks })
  t.after(async () => {
    await auditor.stop()
    await rm(dir, { recursive: true, force: true })
  })
  await auditor.start()
  const cursor = async () => (await journal.cursors())[0]!
  const last = (await journal.stats()).lastSeq
  return {
    auditor,
    cursor,
    /** Until all of it is confirmed, and nothing among the dead letters. */
    delivered: async (deadlineMs: number) => {
      await auditor.drain(AbortSignal.timeout(deadlineMs))
      const { confirmed, deadLetters } = await cursor()
      assert.deepEqual([confirmed >= last, deadLetters], [true, 0])
    },
  }
}

const TIME = /"(?:timeNano":|time_nano":")(\d+)/

/** What arrived, checked: complete by id, with exact times, first times in order. How many are repeats. */
async function checked(server: LumberjackServer, count: number): Promise<number> {
  const seen = new Map<string, string>()
  let repeats = 0
  for (const line of await server.lines()) {
    const time = TIME.exec(line)?.[1]
    if (time === undefined) continue // a marker of the agent itself
    const id = /"_id":"([0-9a-f]{32})"/.exec(line)![1]!
    if (seen.has(id)) repeats++
    else seen.set(id, time)
  }
  const wanted = Array.from({ length: count }, (_, at) => recordAt(at))
  assert.equal(seen.size, count)
  assert.deepEqual(
    [...seen.keys()],
    wanted.map(({ id }) => id),
    'complete, in order',
  )
  assert.deepEqual(
    [...seen.values()],
    wanted.map(({ time }) => String(time)),
    'exact',
  )
  return repeats
}

test('100,000 entries through cuts, lost ACKs and a server that is killed: all of them, in order, exact', async (t) => {
  const peer = await requirePeer(t, lumberjackServer)
  if (peer === undefined) return
  const count = 100_000
  const random = chances(t)
  await using server = await peer.open('-drop-ack-every', '40')
  await using proxy = await cuttingTcpProxy(server.port, () => ({
    asked: 20_000 + Math.floor(random() * 700_000),
    answered: 1 + Math.floor(random() * 100),
  }))
  const hosts = [`127.0.0.1:${proxy.port}`]
  const { delivered, cursor } = await auditorWith(t, count, { hosts, every: '0s', format: 'raw' })
  const began = performance.now()
  for (const part of [0.1, 0.3, 0.6]) {
    await eventually(
      'some of it is confirmed',
      async () => ((await cursor()).confirmed > part * count ? true : undefined),
      120_000,
    )
    await server.kill()
    await server.start()
  }
  await delivered(240_000)
  const repeats = await checked(server, count)
  const { asked, answered } = proxy.cuts
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  t.diagnostic(`${count} entries in ${seconds} s; cut on the way there ${asked}, back ${answered}`)
  t.diagnostic(`3 kills; ${repeats} repeats`)
  assert.ok(asked + answered > 0, 'nothing was cut')
})

test('a server that is slow to acknowledge keeps the batch alive: each entry once', async (t) => {
  const peer = await requirePeer(t, lumberjackServer)
  if (peer === undefined) return
  await using server = await peer.open('-ack-delay', '4s', '-keepalive', '300ms')
  const hosts = [`127.0.0.1:${server.port}`]
  const { delivered } = await auditorWith(t, 1500, { hosts, timeout: '1500ms', every: '0s' })
  await delivered(60_000)
  assert.equal(await checked(server, 1500), 0)
})

test('a server that stands still is given up after the silence, and gets the batch again', async (t) => {
  const peer = await requirePeer(t, lumberjackServer)
  if (peer === undefined) return
  await using server = await peer.open()
  server.pause()
  const hosts = [`127.0.0.1:${server.port}`]
  const { auditor, delivered } = await auditorWith(t, 100, { hosts, timeout: '500ms' })
  await eventually('it is noticed', async () => {
    const [status] = (await auditor.health()).sinks
    return status?.lastError?.includes('it said nothing for 500ms') === true ? true : undefined
  })
  server.resume()
  await delivered(60_000)
  t.diagnostic(`${await checked(server, 100)} repeats`)
})

test('where one of two servers is killed, the other one gets the rest', async (t) => {
  const peer = await requirePeer(t, lumberjackServer)
  if (peer === undefined) return
  await using first = await peer.open('-ack-delay', '50ms')
  await using second = await peer.open()
  const hosts = [first, second].map(({ port }) => `127.0.0.1:${port}`)
  const { delivered, cursor } = await auditorWith(t, 10_000, { hosts, every: '0s' })
  await eventually(
    'some of it is there',
    async () => (await cursor()).confirmed > 1000 || undefined,
  )
  await first.kill()
  await delivered(60_000)
  const lines = [...(await first.lines()), ...(await second.lines())]
  const both = { ...second, lines: async () => lines }
  t.diagnostic(`${await checked(both, 10_000)} repeats`)
  assert.ok((await second.lines()).length > 0)
})

test('TLS: with a client certificate everything arrives, without one nothing, and the reason is told', async (t) => {
  const peer = await requirePeer(t, lumberjackServer)
  if (peer === undefined) return
  const files = await makeCertificates(t)
  const own = ['-tls-cert', files.serverCert, '-tls-key', files.serverKey]
  await using server = await peer.open(...own, '-tls-client-ca', files.ca)
  const hosts = [`localhost:${server.port}`]
  const known = { cert: files.clientCert, key: files.clientKey, ca: files.ca }
  const reasons: readonly (readonly [object, RegExp])[] = [
    [{ tls: true, ca: files.ca }, /does it ask for a client certificate\?/],
    [{ tls: true, cert: known.cert, key: known.key }, /set ca to the authority/],
    [{}, /if it wants TLS, use beats\+tls:|it wants TLS/],
  ]
  for (const [options, reason] of reasons) {
    const sink = createBeatsSink(beatsOptions.parse({ hosts, ...options }), 'stash')
    const entries = [{ ...recordAt(0), seq: 1 }]
    const delivery = await sink.deliver({ entries }, AbortSignal.timeout(10_000))
    await sink.close!()
    assert.ok(delivery.status === 'retry')
    assert.match(delivery.cause.message, reason)
  }
  assert.deepEqual(await server.lines(), [])
  const { delivered } = await auditorWith(t, 5000, { hosts, tls: true, ...known })
  await delivered(60_000)
  assert.equal(await checked(server, 5000), 0)
})
