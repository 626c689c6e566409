import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSinkUri } from '../../../../src/config/uri.ts'
import { addressOf, beatsOptions } from '../../../../src/sinks/beats/options.ts'
import { sinkKinds } from '../../../../src/sinks/kinds.ts'

function read(uri: string) {
  const { name, options } = parseSinkUri(uri, sinkKinds, {})
  const { hosts, tls } = beatsOptions.parse(options)
  return { name, hosts, tls }
}

test('beats: is 127.0.0.1:5044 in plain text', () => {
  assert.deepEqual(read('beats:'), { name: 'beats', hosts: ['127.0.0.1:5044'], tls: false })
  assert.deepEqual(read('beats://:6044').hosts, ['127.0.0.1:6044'])
})

test('a URI names one or several hosts, and beats+tls encrypts', () => {
  assert.deepEqual(read('beats+tls://logs'), {
    name: 'beats-logs',
    hosts: ['logs:5044'],
    tls: true,
  })
  assert.deepEqual(read('beats://a:5045,[::1],b'), {
    name: 'beats-a-5045-1-b',
    hosts: ['a:5045', '[::1]:5044', 'b:5044'],
    tls: false,
  })
})

test('hosts come as a list, or as one text', () => {
  const { hosts } = beatsOptions.parse({ hosts: 'a, b:1' })
  assert.deepEqual(hosts.map(addressOf), [
    { host: 'a', port: 5044 },
    { host: 'b', port: 1 },
  ])
  assert.deepEqual(addressOf('[fe80::1%eth0]:5045'), { host: 'fe80::1%eth0', port: 5045 })
})

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['no host', { hosts: [] }, /hosts/],
  ['a port too large', { hosts: ['a:70000'] }, /host:port/],
  ['a URL', { hosts: ['https://a:1'] }, /host:port/],
  ['a certificate without TLS', { ca: import.meta.filename }, /without tls/],
  ['a key without certificate', { tls: true, key: import.meta.filename }, /without cert/],
  ['a level there is not', { compression: 10 }, /from 0 to 9/],
  ['an unknown option', { host: 'x' }, /host/],
]

for (const [name, options, message] of wrong) {
  test(`refused: ${name}`, () => {
    const { success, error } = beatsOptions.safeParse(options)
    assert.equal(success, false)
    assert.match(error.message, message)
  })
}
