import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOfLife } from '../../../src/model/life-end.ts'
import { factsOf, record } from '../../support/records.ts'

const MS = 1_000_000n
const died = record('die', { attributes: { exitCode: '3' } })

/** A die whose label stands in the place of its code, and what inspect said; times in ms from the event. */
function codeBy(status: string, started: number, finished: number): number | undefined {
  const at = (ms: number): bigint => died.time + BigInt(ms) * MS
  const state = {
    ...factsOf('c1').state,
    status,
    exitCode: 3,
    startedAt: at(started),
    finishedAt: at(finished),
  }
  return outcomeOfLife(
    {
      ...died,
      flags: ['label-shadows-attribute'],
      enrichment: 'fresh',
      container: factsOf('c1', { state, labels: { exitCode: '0' } }),
    },
    'die',
  ).exitCode
}

test('inspect is believed where it speaks of this very end', () => {
  assert.equal(codeBy('exited', -5_000, -100), 3)
  assert.equal(codeBy('removing', -5_000, -100), 3)
  assert.equal(codeBy('exited', -60_000, -30_000), undefined, 'of an end long before')
  assert.equal(codeBy('exited', -500, 200), undefined, 'of a later end')
})

test('a run that ended before Docker 20.10 had stamped its start is no other run', () => {
  assert.equal(codeBy('exited', 80, -101), 3)
  assert.equal(codeBy('running', 80, -101), undefined, 'the next one has begun')
  assert.equal(codeBy('exited', 3_000, -101), undefined, 'the next one has ended')
})
