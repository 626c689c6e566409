import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { test } from 'node:test'
import { httpOptions } from '../../src/sinks/http/options.ts'
import { createHttpSink } from '../../src/sinks/http/sink.ts'
import { makeCertificates } from '../support/certificates.ts'
import { plainRecord } from '../support/entries.ts'
import { listening } from '../support/servers.ts'

const entries = [1, 2, 3].map((seq) => ({ ...plainRecord(seq), seq }))

test('https: with the authority and the client certificate it delivers, without either not', async (t) => {
  const files = await makeCertificates(t)
  const { ca } = files
  let posts = 0
  const server = createServer(
    {
      cert: readFileSync(files.serverCert),
      key: readFileSync(files.serverKey),
      ca: readFileSync(ca),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      posts++
      request.resume().on('end', () => response.writeHead(201).end())
    },
  )
  await using listener = await listening(server)
  const deliver = async (options: object) => {
    const url = `https://127.0.0.1:${listener.port}/`
    const sink = createHttpSink(httpOptions.parse({ url, ...options }), 'hook')
    const delivery = await sink.deliver({ entries }, AbortSignal.timeout(5000))
    await sink.close!()
    return delivery.status === 'retry' ? delivery.cause.message : delivery.status
  }
  const client = { cert: files.clientCert, key: files.clientKey }
  assert.equal(await deliver({ ca, ...client }), 'delivered')
  assert.match(await deliver(client), /127\.0\.0\.1:\d+: .*certificate/)
  assert.match(await deliver({ ca }), /127\.0\.0\.1:\d+: .*(certificate|closed|ECONNRESET)/)
  assert.equal(posts, 1)
})
