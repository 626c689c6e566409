import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closest, didYouMean, editDistance } from '../../../src/model/did-you-mean.ts'

test('the nearest candidate, or none', () => {
  const keys = ['name', 'image', 'action', 'label']
  assert.equal(closest('nmae', keys), 'name')
  assert.equal(closest('Images', keys), 'image')
  assert.equal(closest('acton', keys), 'action')
  assert.equal(closest('project', keys), undefined)
  assert.equal(closest('', keys), undefined)
  assert.equal(didYouMean('lable', keys), ', did you mean "label"?')
  assert.equal(didYouMean('x'.repeat(100_000), keys), '')
})

test('one swap, insertion, deletion or replacement is one step', () => {
  for (const word of ['batch', 'abtch', 'batc', 'batcch', 'bitch'])
    assert.equal(editDistance('batch', word), word === 'batch' ? 0 : 1)
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(editDistance('abc', ''), 3)
})
