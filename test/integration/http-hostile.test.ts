import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { httpOptions } from '../../src/sinks/http/options.ts'
import { createHttpSink } from '../../src/sinks/http/sink.ts'
import { plainRecord } from '../support/entries.ts'
import { serveHttp, serveTcp } from '../support/servers.ts'

const entries = [0, 1].map((number) => ({ ...plainRecord(number), seq: number + 1 }))

async function deliverTo(url: string, options: object = {}) {
  const sink = createHttpSink(httpOptions.parse({ url, ...options }), 'hook')
  try {
    return await sink.deliver({ entries }, AbortSignal.timeout(3000))
  } finally {
    await sink.close!()
  }
}

async function answeredBy(listener: RequestListener, options: object = {}) {
  await using server = await serveHttp((request, response) => {
    request.resume().on('end', () => listener(request, response))
  })
  return await deliverTo(`${server.url}/path?a=b`, options)
}

async function causeFrom(url: string, options: object = {}): Promise<string> {
  const delivery = await deliverTo(url, options)
  assert.ok(delivery.status === 'retry', JSON.stringify(delivery))
  return delivery.cause.message
}

test('an endless body after 200 is cut off, and the batch is delivered', async () => {
  const delivery = await answeredBy((_, response) => {
    const chunk = Buffer.alloc(65_536, 'x')
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', pour)
    }
    pour()
  })
  assert.equal(delivery.status, 'delivered')
})

test('a body that never ends for slowness is cut off, and its status counts', async () => {
  const drip = (status: number) =>
    answeredBy((_, response) => void response.writeHead(status).write('some'))
  const [good, bad] = await Promise.all([drip(202), drip(503)])
  assert.equal(good.status, 'delivered')
  assert.ok(bad.status === 'retry')
  assert.match(bad.cause.message, /503: some/)
})

test('headers that never come end at the deadline', async () => {
  await using server = await serveTcp((socket) => {
    socket.resume().write('HTTP/1.1 200 OK\r\nx-slow: ')
  })
  assert.match(await causeFrom(server.url, { timeout: '500ms' }), /127\.0\.0\.1:\d+: .*[Tt]imeout/)
})

test('garbage instead of HTTP is a retry with its head', async () => {
  await using server = await serveTcp((socket) => socket.end('\u0015\u0003 SSH-2.0-server\r\n'))
  assert.match(await causeFrom(server.url), /the answer is no HTTP: SSH-2\.0-server/)
})

test('a redirect is not followed, and the cause names where it leads', async () => {
  let posts = 0
  const delivery = await answeredBy((request, response) => {
    posts++
    response.writeHead(307, { location: 'https://other.example/x' }).end()
    assert.equal(request.url, '/path?a=b')
  })
  assert.ok(delivery.status === 'retry')
  assert.match(delivery.cause.message, /307 .*set the url to https:\/\/other\.example\/x/)
  assert.equal(posts, 1)
})

test('Retry-After is honoured as seconds and as a date', async () => {
  const after = async (value: string) => {
    const delivery = await answeredBy((_, response) => {
      response.writeHead(503, { 'retry-after': value }).end()
    })
    return delivery.status === 'retry' ? delivery.afterMs : undefined
  }
  assert.equal(await after('120'), 120_000)
  const inTime = await after(new Date(Date.now() + 60_000).toUTCString())
  assert.ok(inTime! > 50_000 && inTime! <= 60_000)
})

test('no secret comes back in a cause, however the server echoes it', async () => {
  const options = {
    username: 'me',
    password: 'geheim',
    headers: { 'X-Api-Key': 'sehr-geheim' },
  }
  const delivery = await answeredBy((request, response) => {
    const { authorization, 'x-api-key': key } = request.headers
    response.writeHead(401).end(`not ${authorization} geheim ${String(key)}`)
  }, options)
  assert.ok(delivery.status === 'retry')
  assert.match(delivery.cause.message, /401 \(check .*\): not Basic \*\*\* \*\*\* \*\*\*$/)
  assert.doesNotMatch(JSON.stringify(delivery.cause), /geheim/)
})

test('a token is sent as Bearer, further headers as they are', async () => {
  let seen: unknown
  const delivery = await answeredBy(
    ({ headers }, response) => {
      seen = [headers.authorization, headers['x-tenant'], headers['content-type']]
      response.end()
    },
    { token: 'T', headers: { 'X-Tenant': 'a' } },
  )
  assert.equal(delivery.status, 'delivered')
  assert.deepEqual(seen, ['Bearer T', 'a', 'application/x-ndjson'])
})

test('a refused connection names the host', async () => {
  const server = await serveTcp(() => undefined)
  await server[Symbol.asyncDispose]()
  assert.match(await causeFrom(server.url), /127\.0\.0\.1:\d+: connect ECONNREFUSED/)
})
