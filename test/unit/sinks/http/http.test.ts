import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpFromUri, httpOptions } from '../../../../src/sinks/http/options.ts'
import { deliveryOf } from '../../../../src/sinks/http/verdict.ts'

const uri = (parts: Partial<Parameters<typeof httpFromUri>[0]>) =>
  httpOptions.parse(httpFromUri({ scheme: 'https', path: '', host: 'hook.example', ...parts }))

test('a URI is the address itself', () => {
  assert.equal(uri({ path: '/x' }).url, 'https://hook.example/x')
  assert.equal(uri({ scheme: 'http', port: 8080 }).url, 'http://hook.example:8080/')
  assert.equal(uri({ scheme: 'http+https' }).url, 'https://hook.example/')
  assert.equal(uri({ scheme: 'http', host: '::1' }).url, 'http://[::1]/')
})

test('a user in a URI is one of Basic authentication, except bearer', () => {
  const { username, password, token } = uri({ username: 'u', password: 'p' })
  assert.deepEqual([username, password, token], ['u', 'p', undefined])
  assert.equal(uri({ username: 'bearer', password: 'T' }).token, 'T')
})

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['no address', {}, /is missing/],
  ['another protocol', { url: 'ftp://x/' }, /an address such as/],
  ['a password in the address', { url: 'https://u:geheim@x/' }, /without a user/],
  ['a user without password', { url: 'http://x/', username: 'u' }, /go together/],
  [
    'a token and a user',
    { url: 'http://x/', username: 'u', password: 'p', token: 't' },
    /not both/,
  ],
  ['a header of two lines', { url: 'http://x/', headers: { a: 'b\r\nc: d' } }, /one line/],
  ['a name that is none', { url: 'http://x/', headers: { 'a b': 'c' } }, /name of a header/],
  ['a reserved header', { url: 'http://x/', headers: { Host: 'c' } }, /not yours/],
]

for (const [name, options, message] of wrong) {
  test(`refused: ${name}`, () => {
    const { success, error } = httpOptions.safeParse(options)
    assert.equal(success, false)
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /geheim/)
  })
}

const verdicts = {
  delivered: [200, 201, 202, 204, 299],
  refused: [400, 413, 422],
  retry: [301, 302, 307, 308, 401, 403, 404, 405, 407, 408, 415, 425, 429, 500, 502, 503, 504],
}

for (const [verdict, statuses] of Object.entries(verdicts)) {
  test(`${verdict}: ${statuses.join(', ')}`, () => {
    for (const status of statuses) assert.equal(deliveryOf({ status, said: '' }).status, verdict)
  })
}

test('a try that failed for the sink, whatever the entries, says so', () => {
  const blamed = verdicts.retry.filter((status) => {
    const delivery = deliveryOf({ status, said: '' })
    return delivery.status === 'retry' && delivery.blame === 'sink'
  })
  assert.deepEqual(
    verdicts.retry.filter((status) => !blamed.includes(status)),
    [408, 500, 502, 504],
  )
})

test('causes name the cure', () => {
  const causeOf = (status: number, location?: string) => {
    const delivery = deliveryOf({ status, said: 'no', ...(location ? { location } : {}) })
    return delivery.status === 'retry' ? delivery.cause.message : ''
  }
  assert.match(causeOf(307, 'https://other/'), /set the url to https:\/\/other\/\): no/)
  assert.match(causeOf(401), /check username and password/)
  assert.match(causeOf(404), /is the path right/)
})
