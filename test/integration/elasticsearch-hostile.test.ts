import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { plainRecord } from '../support/entries.ts'
import { serveHttp, serveTcp } from '../support/servers.ts'

const entries = [0, 1].map((number) => ({ ...plainRecord(number), seq: number + 1 }))

/** What the sink says of one try, and what it says when it is opened. */
async function causesFrom(t: TestContext, url: string, options: object = {}) {
  const parsed = elasticsearchOptions.parse({ urls: [url], timeout: '2s', ...options })
  const sink = createElasticsearchSink(parsed, 'es')
  t.after(() => sink.close?.())
  const delivery = await sink.deliver({ entries }, AbortSignal.timeout(5000))
  assert.ok(delivery.status === 'retry', JSON.stringify(delivery))
  const opened = await sink.open!(AbortSignal.timeout(5000)).then(
    () => '',
    (error: unknown) => (error as Error).message,
  )
  return { delivered: delivery.cause.message, opened, delivery }
}

function asElasticsearch(response: ServerResponse, status: number): ServerResponse {
  response.setHeader('x-elastic-product', 'Elasticsearch')
  return response.writeHead(status, { 'content-type': 'application/json' })
}

test('a TCP server that talks garbage: the cause shows its head', async (t) => {
  await using server = await serveTcp((socket) =>
    socket.end('220 mail.example ESMTP\r\n\u0007 hello\r\n'),
  )
  const { delivered, opened } = await causesFrom(t, server.url)
  assert.match(delivered, /the answer is no HTTP: 220 mail\.example ESMTP {2,}hello/)
  assert.match(opened, /220 mail/)
})

test('a TCP server that hangs up, or never says a word', async (t) => {
  await using server = await serveTcp((socket) => socket.end())
  const { delivered } = await causesFrom(t, server.url)
  assert.match(delivered, /Elasticsearch \(http:.*\): \w+/)
  await using silent = await serveTcp((socket) => socket.resume())
  const quiet = await causesFrom(t, silent.url)
  assert.match(quiet.delivered, /imeout|timed out/)
})

test('a web server that is no Elasticsearch: the cause shows what it said', async (t) => {
  await using server = await serveHttp((request, response) => {
    request.resume().on('end', () => response.end('<html>Welcome to nginx!</html>'))
  })
  const { delivered, opened } = await causesFrom(t, server.url)
  assert.match(delivered, /this is no Elasticsearch; it answered 200 <html>Welcome to nginx!/)
  assert.match(opened, /no Elasticsearch/)
})

test('an Elasticsearch that answers nonsense', async (t) => {
  await using server = await serveHttp((request, response) => {
    request.resume().on('end', () => asElasticsearch(response, 200).end('{"errors":true,"it'))
  })
  const { delivered } = await causesFrom(t, server.url, { template: false })
  assert.match(delivered, /makes no sense: \{"errors":true,"it/)
})

test('an endless answer costs neither time nor memory', async (t) => {
  await using server = await serveHttp((request, response) => {
    asElasticsearch(response, 200)
    const chunk = Buffer.alloc(1 << 20, '{"')
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', pour)
    }
    request.resume().on('end', pour)
  })
  const { delivered } = await causesFrom(t, server.url, { template: false, timeout: '30s' })
  assert.match(delivered, /an answer of more than 33554432 bytes: \{"\{"/)
})

test('an overloaded server is asked again when it said', async (t) => {
  await using server = await serveHttp((request, response) => {
    response.setHeader('retry-after', '7')
    request.resume().on('end', () => asElasticsearch(response, 429).end('{}'))
  })
  const { delivery } = await causesFrom(t, server.url)
  assert.equal(delivery.afterMs, 7000)
})

test('a wrong password holds the queue, is named, and is not repeated', async (t) => {
  await using server = await serveHttp((request, response) => {
    const { authorization } = request.headers
    request.resume().on('end', () => asElasticsearch(response, 401).end(`no: ${authorization}`))
  })
  const user = { username: 'elastic', password: 'geheim' }
  const { delivered, opened } = await causesFrom(t, server.url, user)
  for (const cause of [delivered, opened]) {
    assert.match(cause, /401.*check username and password/)
    assert.match(cause, /no: Basic \*\*\*/)
  }
})

test('of two nodes the one that lives is found', async (t) => {
  await using dead = await serveTcp((socket) => socket.destroy())
  await using alive = await serveHttp((request, response) => {
    request.resume().on('end', () => asElasticsearch(response, 200).end('{"errors":false}'))
  })
  const urls = [dead.url, alive.url]
  const sink = createElasticsearchSink(elasticsearchOptions.parse({ urls }), 'es')
  t.after(() => sink.close?.())
  const statuses = new Set<string>()
  for (let tries = 0; tries < 4; tries++) {
    const { status } = await sink.deliver({ entries }, AbortSignal.timeout(5000))
    statuses.add(status)
  }
  assert.ok(statuses.has('delivered'))
})
