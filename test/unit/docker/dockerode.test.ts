import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createDockerEngine, type DockerEngineOptions } from '../../../src/docker/dockerode.ts'
import type { Endpoint } from '../../../src/docker/endpoint.ts'
import type { Engine } from '../../../src/docker/port.ts'
import { createFakeEngine, type FakeEngine } from '../../../src/testing/fake-engine.ts'
import { answerRequest } from '../../../src/testing/server.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { makeCertificates } from '../../support/certificates.ts'
import { run } from '../../support/run.ts'

const never = new AbortController().signal

async function connected(
  t: TestContext,
  options?: DockerEngineOptions,
): Promise<{ readonly fake: FakeEngine; readonly engine: Engine }> {
  const fake = await createFakeEngine({ id: 'engine-1' })
  t.after(() => fake[Symbol.asyncDispose]())
  const path = fake.socketPath
  return {
    fake,
    engine: createDockerEngine({ kind: 'unix', url: `unix://${path}`, path }, options),
  }
}

test('no path carries a version; since is seconds and nine digits', async (t) => {
  const { fake, engine } = await connected(t)
  await engine.info(never)
  await engine.inspect('a b/c', never)
  for await (const _ of engine.open({
    since: 1n,
    until: 1_700_000_000_000_000_001n,
    signal: never,
  }))
    assert.fail()
  assert.deepEqual(fake.asked.toSorted(), [
    'GET /containers/a%20b%2Fc/json',
    'GET /events?since=0.000000001&until=1700000000.000000001',
    'GET /info',
    'GET /version',
  ])
})

test('an engine that hangs is given up after the deadline, by the clock', async (t) => {
  const clock = createManualClock()
  const { fake, engine } = await connected(t, { clock, infoMs: 5_000 })
  fake.fail('info', { kind: 'hang' })
  const asking = assert.rejects(engine.info(never), {
    code: 'ETIMEDOUT',
    message: 'asking the engine about itself took longer than 5 s',
  })
  await clock.advance(5_000)
  await asking
})

test('answers without an end are not kept: too much is an error', async (t) => {
  const { fake, engine } = await connected(t, { maxAnswerBytes: 100_000, maxListBytes: 200_000 })
  fake.fail('inspect', { kind: 'endless' })
  fake.fail('list', { kind: 'endless' })
  fake.fail('info', { kind: 'endless' })
  await assert.rejects(engine.inspect('a', never), /more than 100000 bytes/)
  await assert.rejects(engine.list(never), /more than 200000 bytes/)
  await assert.rejects(engine.info(never), /more than 100000 bytes/)
})

test('HTTP errors carry the status and the words of the engine', async (t) => {
  const { fake, engine } = await connected(t)
  fake.fail('inspect', { kind: 'status', status: 500, message: 'storage is on fire' })
  fake.fail('events', { kind: 'status', status: 403, message: 'not for you' })
  await assert.rejects(engine.inspect('a', never), {
    statusCode: 500,
    message: 'GET /containers/a/json answered 500: storage is on fire',
  })
  const stream = engine.open({ since: 1n, signal: never })[Symbol.asyncIterator]()
  await assert.rejects(stream.next(), { statusCode: 403, message: /not for you/ })
})

test('answers of another kind are errors that show their head', async (t) => {
  const { fake, engine } = await connected(t)
  fake.fail('inspect', { kind: 'body', body: '<html>a proxy</html>' })
  fake.fail('list', { kind: 'body', body: '{}' })
  await assert.rejects(engine.inspect('a', never), /the answer is not JSON: <html>a proxy/)
  await assert.rejects(engine.list(never), /the answer is no list/)
  fake.fail('inspect', { kind: 'body', body: '[]' })
  await assert.rejects(engine.inspect('a', never), /the answer is about no container/)
  fake.fail('list', { kind: 'body', body: '[{"Id":"a"},{},7,null,{"Id":3}]' })
  assert.deepEqual(await engine.list(never), ['a'])
})

test('redirects are errors, wherever they lead', async (t) => {
  const { fake, engine } = await connected(t)
  for (const to of ['http://127.0.0.1:9/', 'ftp://x/', '//', 'no url', '/info']) {
    fake.fail('inspect', { kind: 'redirect', to })
    await assert.rejects(engine.inspect('a', never), { statusCode: 301 })
  }
  assert.ok(!fake.asked.includes('GET /info'))
})

test('a connection that is dropped is an error', async (t) => {
  const { fake, engine } = await connected(t)
  fake.fail('inspect', { kind: 'drop' })
  await assert.rejects(engine.inspect('a', never), { code: 'ECONNRESET' })
  await fake.stop()
  await assert.rejects(engine.info(never), { code: 'ENOENT' })
  await fake.start()
  await fake.stop({ leaveSocket: true })
  await assert.rejects(engine.info(never), { code: 'ECONNREFUSED' })
})

test('an aborted stream closes its connection', async (t) => {
  const { fake, engine } = await connected(t)
  const controller = new AbortController()
  const stream = engine.open({ since: 'now', signal: controller.signal })[Symbol.asyncIterator]()
  const first = stream.next()
  while (fake.core.subscribers === 0) await new Promise(setImmediate)
  fake.core.publish({ action: 'start', id: 'a' })
  assert.match(Buffer.from((await first).value as Uint8Array).toString(), /"Action":"start"/)
  const next = assert.rejects(stream.next())
  controller.abort(new Error('enough'))
  await next
  while (fake.core.subscribers > 0) await new Promise(setImmediate)
})

const soon = { timeout: 10_000 }

test('a stream that is left early closes its connection, even if all has come', soon, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dockerode-'))
  const path = join(folder, 'docker.sock')
  const server = createServer((_, response) => {
    for (const line of ['{"a":1}\n', '{"b":2}\n', '{"c":3}\n']) response.write(line)
    response.end()
  })
  server.keepAliveTimeout = 0 // nobody but the client closes it
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })
  const closed = new Promise((resolve) =>
    server.once('connection', (socket) => socket.once('close', resolve)),
  )
  server.listen(path)
  await once(server, 'listening')
  const engine = createDockerEngine({ kind: 'unix', url: `unix://${path}`, path })
  for await (const _ of engine.open({ since: 'now', signal: never })) break
  await closed
})

test('a stream that is cut throws after its last bytes, one that is ended ends', async (t) => {
  const { fake, engine } = await connected(t)
  const chunks: string[] = []
  const reading = assert.rejects(
    async () => {
      for await (const chunk of engine.open({ since: 1n, signal: never })) {
        chunks.push(Buffer.from(chunk).toString())
      }
    },
    { code: 'ECONNRESET' },
  )
  while (fake.core.subscribers === 0) await new Promise(setImmediate)
  fake.core.cut('{"Type":"cont')
  await reading
  assert.equal(chunks.join(''), '{"Type":"cont')
  const ended = engine.open({ since: 1n, until: 2n, signal: never })[Symbol.asyncIterator]()
  assert.equal((await ended.next()).done, true)
})

test('requests that follow each other share a connection', async (t) => {
  const { fake } = await connected(t)
  const sockets = new Set<unknown>()
  const server = createServer((request, response) => {
    sockets.add(request.socket)
    answerRequest(fake.core, new Map(), request, response)
  })
  const engine = await listening(t, server, {})
  fake.addContainer({ id: 'a' })
  for (let round = 0; round < 5; round++) assert.equal((await engine.inspect('a', never))?.id, 'a')
  assert.equal(sockets.size, 1)
})

test('a path prefix is kept, and the environment of docker is not read again', async (t) => {
  const { fake } = await connected(t)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    request.url = request.url!.replace('/engine/', '/')
    answerRequest(fake.core, new Map(), request, response)
  })
  t.mock.property(process, 'env', { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:9' })
  const engine = await listening(t, server, { pathPrefix: '/engine' })
  await engine.ping(never)
  assert.deepEqual(asked, ['/engine/_ping'])
})

test('TLS: the server is verified by ca.pem, the client shows its certificate', async (t) => {
  const { fake } = await connected(t)
  const pem = await makeCertificates(t)
  const seen: unknown[] = []
  const server = createTlsServer(
    {
      key: readFileSync(pem.serverKey),
      cert: readFileSync(pem.serverCert),
      ca: readFileSync(pem.ca),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request: IncomingMessage, response) => {
      seen.push(request.url)
      answerRequest(fake.core, new Map(), request, response)
    },
  )
  const tls = { ca: pem.ca, client: { cert: pem.clientCert, key: pem.clientKey } }
  const engine = await listening(t, server, { tls })
  assert.equal((await engine.info(never)).ref.id, 'engine-1')
  const { port } = server.address() as AddressInfo
  const trusting = {
    kind: 'tcp' as const,
    url: 'tcp://x',
    host: '127.0.0.1',
    port,
    pathPrefix: '/',
  }
  const stranger = createDockerEngine({ ...trusting, tls: {} })
  await assert.rejects(stranger.ping(never), { code: /SELF_SIGNED|UNABLE_TO_/ })
  const nameless = createDockerEngine({ ...trusting, tls: { ca: pem.ca } })
  await assert.rejects(nameless.ping(never))
})

test('TLS files that cannot be read are told', () => {
  const tls = { ca: '/nowhere/ca.pem' }
  assert.throws(
    () => createDockerEngine({ kind: 'tcp', url: '', host: 'h', port: 1, pathPrefix: '/', tls }),
    { code: 'config-invalid', message: /^DOCKER_CERT_PATH: \/nowhere\/ca.pem can't be read/ },
  )
})

test("ssh: the user's own client is run with the host's dial-stdio", async (t) => {
  const { fake } = await connected(t)
  const folder = await mkdtemp(join(tmpdir(), 'auditor-ssh-'))
  t.after(() => rm(folder, { recursive: true }))
  const script = `#!${process.execPath}
const { appendFileSync } = require('node:fs')
appendFileSync(${JSON.stringify(join(folder, 'args'))}, JSON.stringify(process.argv.slice(2)) + '\\n')
if (process.argv.includes('refuses')) { console.error('Permission denied (publickey).'); process.exit(255) }
const socket = require('node:net').connect(${JSON.stringify(fake.socketPath)})
process.stdin.pipe(socket).pipe(process.stdout)
`
  await writeFile(join(folder, 'ssh'), script)
  await chmod(join(folder, 'ssh'), 0o755)
  t.mock.property(process, 'env', { ...process.env, PATH: `${folder}:${process.env['PATH']}` })
  const engine = createDockerEngine({
    kind: 'ssh',
    url: 'ssh://host:22',
    host: 'host',
    port: 22,
    user: 'me',
  })
  fake.addContainer({ id: 'a' })
  assert.equal((await engine.info(never)).ref.id, 'engine-1')
  assert.equal((await engine.inspect('a', never))?.id, 'a')
  const refused = createDockerEngine({ kind: 'ssh', url: 'ssh://refuses', host: 'refuses' })
  await assert.rejects(refused.ping(never), /ssh ended with 255: Permission denied \(publickey\)/)
  const { stdout } = await run('head', ['-n1', join(folder, 'args')])
  assert.deepEqual(JSON.parse(stdout), [
    ...'-T -o BatchMode=yes -o ConnectTimeout=30 -l me -p 22 -- host'.split(' '),
    'docker system dial-stdio',
  ])
})

/** The engine of a server that listens on a port of its own until the test ends. */
async function listening(
  t: TestContext,
  server: ReturnType<typeof createServer | typeof createTlsServer>,
  more: Partial<Extract<Endpoint, { kind: 'tcp' }>>,
): Promise<Engine> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const tcp = { kind: 'tcp' as const, url: 'tcp://test', host: '127.0.0.1', port, pathPrefix: '/' }
  return createDockerEngine({ ...tcp, ...more })
}
