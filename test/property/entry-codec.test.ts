import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeEntry, encodeEntry } from '../../src/model/entry-codec.ts'
import { entry, record } from '../support/arbitraries.ts'
import { runs } from '../support/property.ts'

test('an entry written and read is the same entry, and written again the same text', () => {
  fc.assert(
    fc.property(entry, (each) => {
      const text = encodeEntry(each)
      assert.ok(!text.includes('\n'), 'one line')
      const back = decodeEntry(text)
      assert.deepEqual(back, each)
      assert.equal(encodeEntry(back), text)
    }),
    runs(300),
  )
})

test('the place in the journal is no part of the written form', () => {
  fc.assert(
    fc.property(entry, fc.nat(), (each, seq) => {
      assert.equal(encodeEntry(Object.assign({}, each, { seq })), encodeEntry(each))
    }),
    runs(100),
  )
})

test("the engine's own text is kept to the byte", () => {
  fc.assert(
    fc.property(record, fc.constantFrom('', ' '), (each, space) => {
      const line = each.event.line.replace('{', `{${space}"unknown":[1.0,"\\u003c"],`)
      const back = decodeEntry(encodeEntry({ ...each, event: { ...each.event, line } }))
      assert.equal(back.kind === 'record' ? back.event.line : undefined, line)
    }),
    runs(100),
  )
})

test('what was not written by encodeEntry is refused, not guessed', () => {
  for (const text of ['', '{', '[]', '{"kind":"other"}', 'null', '{"kind":"gap"}']) {
    assert.throws(() => decodeEntry(text))
  }
})
