import assert from 'node:assert/strict'
import { test } from 'node:test'
import { raw } from '../../../../src/sinks/formats/raw.ts'
import { gapFor, plainRecord } from '../../../support/entries.ts'

test('a record is the engine’s own text', () => {
  const record = plainRecord(1)
  assert.equal(raw({ ...record, seq: 1 }), record.event.line)
})

test('line breaks between tokens become blanks', () => {
  const record = plainRecord(1)
  const line = '{\n "Type":\r\n "container"\n}'
  const text = raw({ ...record, event: { ...record.event, line }, seq: 1 })
  assert.ok(!/[\r\n]/.test(text))
  assert.deepEqual(JSON.parse(text), { Type: 'container' })
})

test('a gap is its own written form', () => {
  const written = JSON.parse(raw({ ...gapFor(undefined, 9), seq: 1 })) as {
    [name: string]: unknown
  }
  assert.equal(written['kind'], 'gap')
  assert.equal(written['cause'], 'reconnect')
})
