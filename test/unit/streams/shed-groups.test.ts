import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gapOf } from '../../../src/model/entry-factory.ts'
import type { GapCause } from '../../../src/model/entry.ts'
import { coalesceGroups } from '../../../src/streams/shed-groups.ts'
import type { Group } from '../../../src/streams/flow.ts'
import { plainRecord } from '../../support/entries.ts'

const group = (...numbers: number[]): Group => ({ entries: numbers.map((n) => plainRecord(n)) })

test('a run of groups is one gap with the count of what it stands for, and says why', () => {
  let cause: GapCause = 'overflow'
  const coalesce = coalesceGroups(() => cause)
  const slow = coalesce(undefined, group(1, 2))
  const [gap] = slow.entries
  assert.ok(gap?.kind === 'gap')
  assert.deepEqual(
    [gap.cause, gap.certainty, gap.count, gap.from, gap.to],
    ['overflow', 'certain', 2, plainRecord(1).time, plainRecord(2).time],
  )

  cause = 'journal-full'
  const full = coalesce(slow, group(3))
  cause = 'overflow'
  const [told] = coalesce(full, group(4, 5)).entries
  assert.ok(told?.kind === 'gap')
  assert.deepEqual([told.cause, told.count, told.to], ['journal-full', 5, plainRecord(5).time])
})

test('what other gaps had counted is added, and the last resume point stays', () => {
  const coalesce = coalesceGroups(() => 'journal-full')
  const lost = gapOf({ from: 1n, to: 2n, cause: 'reconnect', certainty: 'certain', count: 7 })
  const resume = { engineId: 'e', id: 'x', time: 3n }
  const shed = coalesce(coalesce(undefined, { entries: [lost], resume }), group(1))
  const [gap] = shed.entries
  assert.ok(gap?.kind === 'gap')
  assert.deepEqual([gap.from, gap.count], [1n, 8])
  assert.equal(shed.resume, resume)
})
