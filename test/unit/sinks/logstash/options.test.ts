import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logstashFromUri, logstashOptions } from '../../../../src/sinks/logstash/options.ts'

const uri = (parts: Partial<Parameters<typeof logstashFromUri>[0]>) =>
  logstashOptions.parse(logstashFromUri({ scheme: 'logstash', path: '', ...parts }))

test('logstash: is 127.0.0.1:5959 in plain text', () => {
  for (const { host, port, tls, format, confirm } of [uri({}), uri({ host: '' })])
    assert.deepEqual([host, port, tls, format, confirm], ['127.0.0.1', 5959, false, 'ecs', 'close'])
})

test('a URI names host and port, and logstash+tls encrypts', () => {
  const { host, port, tls } = uri({ scheme: 'logstash+tls', host: '[::1]', port: 5000 })
  assert.deepEqual([host, port, tls], ['::1', 5000, true])
})

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['a port too large', { port: 70_000 }, /65535/],
  ['a certificate without TLS', { ca: import.meta.filename }, /without tls/],
  ['a key without certificate', { tls: true, key: import.meta.filename }, /without cert/],
  ['another codec', { codec: 'json' }, /json_lines/],
  ['an unknown option', { hots: 'x' }, /hots/],
]

for (const [name, options, message] of wrong) {
  test(`refused: ${name}`, () => {
    const { success, error } = logstashOptions.safeParse(options)
    assert.equal(success, false)
    assert.match(error.message, message)
  })
}
