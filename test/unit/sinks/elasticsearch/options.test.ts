import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  elasticsearchFromUri,
  elasticsearchOptions,
  targetOf,
} from '../../../../src/sinks/elasticsearch/options.ts'

const parsed = (parts: Partial<Parameters<typeof elasticsearchFromUri>[0]>) =>
  elasticsearchOptions.parse(elasticsearchFromUri({ scheme: 'elastic', path: '', ...parts }))

test('elastic: is the default node and the default data stream', () => {
  const options = parsed({})
  assert.deepEqual(options.urls, ['http://127.0.0.1:9200'])
  assert.deepEqual(targetOf(options), { name: 'logs-docker.audit-default', dataStream: true })
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
  ['a certificate without key', { cert: import.meta.filename }, /without key/],
  ['a file that is not there', { ca: '/no/such/ca.pem' }, /can't be read/],
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
