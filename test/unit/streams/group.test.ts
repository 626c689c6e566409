import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Subject } from 'rxjs'
import type { Flowing, Group } from '../../../src/streams/flow.ts'
import { groupEntries } from '../../../src/streams/group.ts'
import { skippedOf } from '../../../src/streams/skipped.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn, told } from '../../support/marbles.ts'
import { record } from '../../support/records.ts'

const valueOf = (mark: string): Flowing =>
  mark === 's' ? skippedOf(record('start'), 'filter')! : record(mark)

const inGroup = (group: Group): string =>
  group.entries.map((entry) => (entry.kind === 'record' ? entry.event.action : '?')).join('')

test('a group lingers from its first entry on; skipped values alone wait longer', async () => {
  const clock = createManualClock()
  const seen: Group[] = []
  const picture = await drawn(groupEntries({ lingerMs: 2, idleMs: 6, clock }), {
    clock,
    source: 'ab---s-s-----c--s--|',
    values: valueOf,
    label(group) {
      seen.push(group)
      return 'GHIJ'[seen.length - 1]!
    },
  })
  assert.equal(picture, '--G--------H---I---(J|)')
  assert.deepEqual(seen.map(inGroup), ['ab', '', 'c', ''])
  assert.ok(seen.every((group) => group.resume !== undefined))
})

test('a full group does not wait', () => {
  const clock = createManualClock()
  const source = new Subject<Flowing>()
  const { values } = told(source.pipe(groupEntries({ maxEntries: 2, clock })))
  for (const mark of 'abcde') source.next(valueOf(mark))
  assert.deepEqual(values.map(inGroup), ['ab', 'cd'])
  source.complete()
  assert.deepEqual(values.map(inGroup), ['ab', 'cd', 'e'])
})

test('no timer runs while nothing comes, nor after the end', async () => {
  const clock = createManualClock()
  const source = new Subject<Flowing>()
  const subscription = source.pipe(groupEntries({ clock })).subscribe()
  assert.equal(clock.pending, 0)
  source.next(record('start'))
  await clock.advance(10)
  assert.equal(clock.pending, 0)
  source.next(record('start'))
  subscription.unsubscribe()
  assert.equal(clock.pending, 0)
})

test('limits that are none are refused', () => {
  const clock = createManualClock()
  assert.throws(() => groupEntries({ maxEntries: 0, clock }), RangeError)
  assert.throws(() => groupEntries({ maxBytes: NaN, clock }), RangeError)
})
