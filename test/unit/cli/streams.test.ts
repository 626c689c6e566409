import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { write } from '../../../src/cli/streams.ts'

test('a slow reader is waited for', async () => {
  const stream = new PassThrough({ highWaterMark: 4 })
  const full = write(stream, 'more than four')
  let over = false
  void full.then(() => (over = true))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(over, false)
  stream.read()
  assert.equal(await full, true)
})

test('a reader that has gone ends the writing, and is no error', async () => {
  const gone = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(new Error('write EPIPE')),
  })
  gone.on('error', () => undefined)
  assert.equal(await write(gone, 'first'), false)
  assert.equal(await write(gone, 'second'), false)
})
