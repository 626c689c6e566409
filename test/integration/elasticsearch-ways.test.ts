import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { makeCertificates, type Certificates } from '../support/certificates.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { plainRecord } from '../support/entries.ts'
import { freePort } from '../support/ports.ts'
import { run } from '../support/run.ts'
import { listening, serveHttp } from '../support/servers.ts'

const entries = [0, 1].map((number) => ({ ...plainRecord(number), seq: number + 1 }))

/** `delivered`, or why not. */
async function deliver(t: TestContext, options: object): Promise<string> {
  const sink = createElasticsearchSink(
    elasticsearchOptions.parse({ template: false, timeout: '3s', ...options }),
    'es',
  )
  t.after(() => sink.close?.())
  const delivery = await sink.deliver({ entries }, AbortSignal.timeout(10_000))
  return delivery.status === 'retry' ? delivery.cause.message : delivery.status
}

/** Takes every batch, and shows these certificates. */
async function secureServer(cert: readonly string[], key: string) {
  const files = { cert: cert.map((file) => readFileSync(file)).join(''), key: readFileSync(key) }
  const server = createServer(files, (request, response) => {
    response.setHeader('x-elastic-product', 'Elasticsearch')
    request.resume().on('end', () => response.end('{"errors":false}'))
  })
  return listening(server)
}

const fingerprintOf = (file: string): string =>
  new X509Certificate(readFileSync(file)).fingerprint256

/** A certificate for 127.0.0.1 that claims to be of the authority, which never signed it. */
async function forgedCertificate({ ca }: Certificates): Promise<{ cert: string; key: string }> {
  const file = (name: string): string => join(dirname(ca), name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const args = ['req', '-x509', '-days', '2', ...newKey]
  const anchor = ['-subj', '/CN=ca', '-keyout', file('forger.key'), '-out', file('forger.pem')]
  await run('openssl', [...args, ...anchor])
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'authorityKeyIdentifier=none']
  const signed = ['-CA', file('forger.pem'), '-CAkey', file('forger.key')]
  const out = ['-subj', '/CN=server', '-keyout', file('forged.key'), '-out', file('forged.pem')]
  await run('openssl', [...args, ...out, ...names, ...signed])
  return { cert: file('forged.pem'), key: file('forged.key') }
}

test('an authority known by its fingerprint is trusted, and nothing else is', async (t) => {
  const files = await makeCertificates(t)
  const fingerprint = fingerprintOf(files.ca)
  await using server = await secureServer([files.serverCert, files.ca], files.serverKey)
  const urls = [`https://127.0.0.1:${server.port}`]
  assert.equal(await deliver(t, { urls, fingerprint }), 'delivered')
  const lowerCase = fingerprint.replaceAll(':', '').toLowerCase()
  assert.equal(await deliver(t, { urls, fingerprint: lowerCase }), 'delivered')
  const ofServer = fingerprintOf(files.serverCert)
  assert.equal(await deliver(t, { urls, fingerprint: ofServer }), 'delivered', "the server's own")
  const other = await deliver(t, { urls, fingerprint: fingerprintOf(files.clientCert) })
  assert.match(other, /none of its certificates has the fingerprint that is set/)
  assert.ok(other.includes(fingerprint), 'the one it has is told')
  assert.match(await deliver(t, { urls }), /certificate.*\(set ca to the authority/)
  await using misnamed = await secureServer([files.clientCert, files.ca], files.clientKey)
  const elsewhere = { urls: [`https://127.0.0.1:${misnamed.port}`], fingerprint }
  assert.match(await deliver(t, elsewhere), /write the host as its certificate names it/)
})

test("who shows somebody else's authority beside a certificate of his own is not trusted", async (t) => {
  const files = await makeCertificates(t)
  const forged = await forgedCertificate(files)
  await using server = await secureServer([forged.cert, files.ca], forged.key)
  const urls = [`https://127.0.0.1:${server.port}`]
  const said = await deliver(t, { urls, fingerprint: fingerprintOf(files.ca) })
  assert.match(said, /certificate signature failure/)
})

test('through an HTTP proxy, to nodes with and without TLS', async (t) => {
  const files = await makeCertificates(t)
  await using secure = await secureServer([files.serverCert, files.ca], files.serverKey)
  await using plain = await serveHttp((request, response) => {
    response.setHeader('x-elastic-product', 'Elasticsearch')
    request.resume().on('end', () => response.end('{"errors":false}'))
  })
  await using proxy = await connectProxy('me:ge/heim')
  const way = { proxy: `http://me:ge%2Fheim@127.0.0.1:${proxy.port}` }
  const urls = [`https://127.0.0.1:${secure.port}`]
  assert.equal(await deliver(t, { urls, ca: files.ca, ...way }), 'delivered')
  assert.equal(await deliver(t, { urls: [plain.url], ...way }), 'delivered')
  const fingerprint = fingerprintOf(files.ca)
  assert.equal(await deliver(t, { urls, fingerprint, ...way }), 'delivered')
  const [one, other] = [secure, plain].map(({ port }) => `127.0.0.1:${port}`)
  assert.deepEqual(proxy.asked, [one, other, one, one])
})

test('what is wrong with a proxy is said, without its password', async (t) => {
  await using proxy = await connectProxy('me:geheim')
  const urls = ['http://127.0.0.1:9']
  const through = (user: string, port = proxy.port) =>
    deliver(t, { urls, proxy: `http://${user}@127.0.0.1:${port}` })
  const wrong = await through('me:verraten')
  assert.match(wrong, /the proxy 127\.0\.0\.1:\d+: it answered 407.*check the user and password/)
  assert.doesNotMatch(wrong, /verraten/)
  assert.match(await through('me:geheim'), /the proxy .*: /, 'the node is not there')
  const away = await through('me:geheim', await freePort())
  assert.match(away, /the proxy 127\.0\.0\.1:\d+: connect ECONNREFUSED/)
})

test('nothing is asked for in the media types of one version: Elasticsearch 8 refuses those of 9', async (t) => {
  const asked = new Set<string | undefined>()
  await using server = await serveHttp((request, response) => {
    asked.add(request.headers.accept).add(request.headers['content-type'])
    response.setHeader('x-elastic-product', 'Elasticsearch')
    request.resume().on('end', () => response.end('{"errors":false}'))
  })
  assert.equal(await deliver(t, { urls: [server.url] }), 'delivered')
  assert.deepEqual([...asked], ['application/json', 'application/x-ndjson'])
})
