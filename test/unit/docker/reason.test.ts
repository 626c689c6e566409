import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonOf } from '../../../src/docker/reason.ts'

const failed = (message: string, fields: object): Error => Object.assign(new Error(message), fields)

test('a known trouble is told with its cure, and what was thrown', () => {
  assert.deepEqual(reasonOf(failed('connect ENOENT /x.sock', { code: 'ENOENT' })), {
    key: 'ENOENT',
    text: 'there is no such socket: start Docker, or in a container mount the folder that holds it (-v /var/run:/var/run) (connect ENOENT /x.sock)',
  })
  assert.match(reasonOf(failed('x', { code: 'EACCES' })).text, /group that owns it/)
  assert.match(reasonOf(failed('x', { code: 'ECONNREFUSED' })).text, /goes stale/)
})

test('an HTTP error is told by its status, even where it has a code', () => {
  const { key, text } = reasonOf(
    failed('GET /info answered 403: no', { statusCode: 403, code: 'X' }),
  )
  assert.equal(key, 'HTTP 403')
  assert.match(text, /^a proxy or plugin forbids it: allow GET.*\(GET \/info answered 403: no\)$/)
  assert.deepEqual(reasonOf(failed('GET /info answered 500: hm', { statusCode: 500 })), {
    key: 'HTTP 500',
    text: 'GET /info answered 500: hm',
  })
})

test('anything else is told as it is', () => {
  assert.deepEqual(reasonOf(new Error('strange')), { key: 'strange', text: 'strange' })
})
