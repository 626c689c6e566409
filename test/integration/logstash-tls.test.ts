import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFileSync } from 'node:fs'
import { createServer, type TlsOptions } from 'node:tls'
import { logstashOptions } from '../../src/sinks/logstash/options.ts'
import { createLogstashSink } from '../../src/sinks/logstash/sink.ts'
import { makeCertificates, type Certificates } from '../support/certificates.ts'
import { plainRecord } from '../support/entries.ts'
import { listening, type TestServer } from '../support/servers.ts'

const entries = [1, 2, 3].map((seq) => ({ ...plainRecord(seq), seq }))

interface Receiver extends TestServer {
  readonly lines: string[]
}

async function receiverWith(files: Certificates, options: TlsOptions): Promise<Receiver> {
  const lines: string[] = []
  const server = createServer(
    { cert: readFileSync(files.serverCert), key: readFileSync(files.serverKey), ...options },
    (socket) => {
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('end', () => lines.push(...text.split('\n').slice(0, -1)))
      socket.on('error', () => undefined)
    },
  )
  return Object.assign(await listening(server), { lines })
}

async function deliverTo(port: number, options: object) {
  const parsed = logstashOptions.parse({ port, tls: true, ...options })
  const sink = createLogstashSink(parsed, 'legacy')
  try {
    return await sink.deliver({ entries }, AbortSignal.timeout(5000))
  } finally {
    await sink.close!()
  }
}

async function causeFrom(port: number, options: object): Promise<string> {
  const delivery = await deliverTo(port, options)
  assert.ok(delivery.status === 'retry', JSON.stringify(delivery))
  return delivery.cause.message
}

test('TLS: a server of a known authority gets everything, by address and by name', async (t) => {
  const files = await makeCertificates(t)
  await using receiver = await receiverWith(files, {})
  assert.equal((await deliverTo(receiver.port, { ca: files.ca })).status, 'delivered')
  const byName = { ca: files.ca, host: 'localhost', confirm: 'quiet' }
  assert.equal((await deliverTo(receiver.port, byName)).status, 'delivered')
  assert.equal(receiver.lines.length >= 3, true)
})

test('TLS: a server of an unknown authority gets nothing', async (t) => {
  const files = await makeCertificates(t)
  await using receiver = await receiverWith(files, {})
  assert.match(await causeFrom(receiver.port, {}), /certificate/)
  assert.deepEqual(receiver.lines, [])
})

test('TLS: a server that asks for a client certificate gets it, and without it nothing', async (t) => {
  const files = await makeCertificates(t)
  const wants = { ca: readFileSync(files.ca), requestCert: true, rejectUnauthorized: true }
  await using receiver = await receiverWith(files, wants)
  const client = { ca: files.ca, cert: files.clientCert, key: files.clientKey }
  assert.equal((await deliverTo(receiver.port, client)).status, 'delivered')
  assert.equal(receiver.lines.length, 3)
  // In TLS 1.3 the client has sent its data before it hears of the refusal.
  assert.match(await causeFrom(receiver.port, { ca: files.ca }), /alert|ECONNRESET|closed/i)
  assert.equal(receiver.lines.length, 3)
})
