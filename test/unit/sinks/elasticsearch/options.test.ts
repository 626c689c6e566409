import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  elasticsearchFromUri,
  elasticsearchOptions,
  nodesOf,
} from '../../../../src/sinks/elasticsearch/options.ts'
import { targetOf } from '../../../../src/sinks/elasticsearch/target.ts'

const parsed = (parts: Partial<Parameters<typeof elasticsearchFromUri>[0]>) =>
  elasticsearchOptions.parse(elasticsearchFromUri({ scheme: 'elastic', path: '', ...parts }))

test('elastic: is the default node and the default data stream', () => {
  const options = parsed({})
  assert.deepEqual(options.urls, ['http://127.0.0.1:9200'])
  const { name, dataStream, isDated } = targetOf(options)
  assert.deepEqual([name, dataStream, isDated], ['logs-docker.audit-default', true, false])
  assert.deepEqual([options.batch, options.every, options.timeout], [500, 500, 30_000])
})

test('a full URI names the node, the user and the data stream', () => {
  const options = parsed({
    scheme: 'elasticsearch+https',
    host: 'es',
    port: 9243,
    username: 'user',
    password: 'pass',
    path: '/logs-docker.audit-shop',
  })
  assert.deepEqual(options.urls, ['https://es:9243'])
  assert.deepEqual([options.username, options.password], ['user', 'pass'])
  assert.equal(targetOf(options).name, 'logs-docker.audit-shop')
})

test('https has port 9200 too, and an IPv6 address its brackets', () => {
  assert.deepEqual(parsed({ scheme: 'elastic+https', host: 'es' }).urls, ['https://es:9200'])
  assert.deepEqual(parsed({ host: '::1' }).urls, ['http://[::1]:9200'])
  assert.deepEqual(parsed({ host: '[::1]' }).urls, ['http://[::1]:9200'])
})

test('several nodes come as a list or separated by commas', () => {
  const moreHosts = [{ host: 'b', port: 9201 }, { host: '::1' }]
  assert.deepEqual(parsed({ host: 'a', moreHosts }).urls, [
    'http://a:9200',
    'http://b:9201',
    'http://[::1]:9200',
  ])
  const urls = ['https://a:9200', 'https://b:9200']
  assert.deepEqual(elasticsearchOptions.parse({ urls }).urls, urls)
  assert.deepEqual(elasticsearchOptions.parse({ urls: urls.join(',') }).urls, urls)
})

test('an index by date: by the time of the entry in UTC, with one template for all of them', () => {
  const target = targetOf(elasticsearchOptions.parse({ index: 'audit-%Y.%m.%d' }))
  const nearMidnight = BigInt(Date.UTC(2026, 10, 22, 23, 59, 59, 999)) * 1_000_000n
  assert.equal(target.indexAt(nearMidnight), 'audit-2026.11.22')
  assert.equal(target.indexAt(nearMidnight + 1_000_000n), 'audit-2026.11.23')
  assert.deepEqual([target.wildcard, target.label], ['audit-*.*.*', 'audit-yyyy.mm.dd'])
  const hours = targetOf(elasticsearchOptions.parse({ index: 'a-%Y%m%d-%H' }))
  assert.deepEqual([hours.wildcard, hours.label], ['a-*-*', 'a-yyyymmdd-hh'])
})

test('a cloud id is an address of its deployment', () => {
  const idOf = (text: string) => `my-cluster:${Buffer.from(text).toString('base64')}`
  const nodes = (text: string) => nodesOf(elasticsearchOptions.parse({ cloudId: idOf(text) }))
  assert.deepEqual(nodes('eu.cloud.example$abc123$kibana'), ['https://abc123.eu.cloud.example'])
  assert.deepEqual(nodes('eu.cloud.example:9243$abc'), ['https://abc.eu.cloud.example:9243'])
  assert.equal(elasticsearchOptions.safeParse({ cloudId: idOf('eu.cloud.example') }).success, false)
})

const FINGERPRINT = 'Ab:'.repeat(31) + '01'

test('a fingerprint is written with colons or without', () => {
  const urls = ['https://es:9200']
  for (const fingerprint of [FINGERPRINT, FINGERPRINT.replaceAll(':', '')])
    assert.ok(elasticsearchOptions.safeParse({ urls, fingerprint }).success)
})

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['an address that is none', { urls: ['es:9200'] }, /an address such as/],
  ['a user in an address', { urls: ['https://u:geheim@es'] }, /without a user/],
  ['a user without password', { username: 'u' }, /go together/],
  [
    'an API key and a user',
    { username: 'u', password: 'p', apiKey: 'k' },
    /one of a user, an API key/,
  ],
  ['an API key and a token', { apiKey: 'k', bearer: 't' }, /one of a user, an API key/],
  ['a retention of an index', { index: 'i', retention: '1d' }, /set ilmPolicy/],
  ['a retention and a policy', { retention: '1d', ilmPolicy: 'p' }, /not both/],
  ['a data stream and an index', { dataStream: 'a', index: 'b' }, /not both/],
  ['a name in capitals', { index: 'Docker' }, /lower case/],
  ['a name that leads elsewhere', { index: '../_all' }, /expected a name/],
  ['a pattern that means nothing', { index: 'audit-%y' }, /unknown pattern %y: there are %Y/],
  ['a date in capitals', { index: 'Audit-%Y' }, /lower case/],
  ['a date and nothing before it', { index: '%Y' }, /a name before the first %/],
  ['a date of a data stream', { dataStream: 'audit-%Y' }, /lower case/],
  ['a cloud id that is none', { cloudId: 'my-cluster' }, /as Elastic Cloud shows it/],
  ['nodes and a cloud', { urls: ['http://es'], cloudId: 'c:YSRi' }, /either urls or cloudId/],
  ['a short fingerprint', { urls: ['https://es'], fingerprint: 'ab:cd' }, /64 hexadecimal digits/],
  ['a fingerprint without TLS', { fingerprint: FINGERPRINT }, /of no use without https/],
  [
    'a fingerprint and a file',
    { urls: ['https://es'], fingerprint: FINGERPRINT, ca: import.meta.filename },
    /either ca or fingerprint/,
  ],
  ['a proxy that is none', { proxy: 'socks5://me:geheim@proxy' }, /such as http:\/\/proxy/],
  ['a proxy with an unreadable user', { proxy: 'http://me:geheim%zz@proxy' }, /such as http/],
  ['a certificate without key', { cert: import.meta.filename }, /without key/],
  ['a file that is not there', { ca: '/no/such/ca.pem' }, /can't be read/],
  ['lives of services only', { lives: 'lives', format: 'classic' }, /set format: ecs/],
  ['lives among the entries', { lives: 'audit', index: 'audit' }, /an index of its own/],
  ['an unknown option', { bach: 500 }, /bach/],
]

for (const [name, options, message] of wrong) {
  test(`refused: ${name}`, () => {
    const { success, error } = elasticsearchOptions.safeParse(options)
    assert.equal(success, false)
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /geheim/)
  })
}
