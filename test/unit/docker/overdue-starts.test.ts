import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOverdueStarts } from '../../../src/docker/overdue-starts.ts'
import { record } from '../../support/records.ts'

/** What is due 60 s after these events, each `name at-in-ms`; of networks the container is `c1`. */
function dueAfter(...events: readonly string[]): string[] {
  const overdue = createOverdueStarts()
  for (const event of events) {
    const [action, at] = event.split(' ') as [string, string]
    const isNetwork = action.endsWith('connect')
    const told = isNetwork
      ? record(action, {
          type: 'network',
          id: 'n1',
          at: Number(at),
          attributes: { container: 'c1' },
        })
      : record(action, { at: Number(at) })
    overdue.told(told, told.time)
  }
  const { time } = record('none', { at: 60_000 })
  return overdue.due(time).map(({ at }) => `${(at - record('none').time) / 1_000_000n}`)
}

test('a start that nothing tells of is overdue after two seconds', () => {
  assert.deepEqual(dueAfter('create 0'), ['2000'], 'moby 2.0, port taken')
  assert.deepEqual(dueAfter('create 0', 'connect 10', 'disconnect 20'), ['2010'], '20.10')
  assert.deepEqual(dueAfter('create 0', 'disconnect 20'), ['2020'], '28.5')
})

test('a second start that fails is overdue, too', () => {
  const first = ['create 0', 'connect 10', 'start 20']
  assert.deepEqual(
    dueAfter(...first, 'die 500', 'disconnect 510', 'connect 9000', 'disconnect 9010'),
    ['11000'],
    '20.10',
  )
  assert.deepEqual(
    dueAfter(...first, 'die 500', 'disconnect 510', 'disconnect 900'),
    ['2900'],
    '20.10, port taken, at once',
  )
  assert.deepEqual(dueAfter(...first, 'disconnect 499', 'die 500', 'disconnect 900'), ['2900'])
})

test('where it started, or is gone, or only cleans up, nobody is asked', () => {
  assert.deepEqual(dueAfter('create 0', 'connect 10', 'start 20'), [])
  assert.deepEqual(dueAfter('create 0', 'start 20', 'disconnect 499', 'die 500'), [])
  assert.deepEqual(dueAfter('create 0', 'connect 10', 'start 20', 'die 500', 'disconnect 900'), [])
  assert.deepEqual(dueAfter('create 0', 'destroy 900'), [])
  const two = ['create 0', 'connect 1', 'connect 2', 'start 20', 'die 500']
  assert.deepEqual(dueAfter(...two, 'disconnect 510', 'disconnect 520'), [])
  assert.deepEqual(dueAfter('disconnect 0', 'die 10'), [], 'it ran before it was heard of')
})

test('each is asked about once, and again after the next try', () => {
  const overdue = createOverdueStarts()
  const created = record('create')
  overdue.told(created, created.time)
  assert.ok(overdue.isWaiting())
  assert.equal(overdue.due(record('none', { at: 1_999 }).time).length, 0)
  assert.equal(overdue.due(record('none', { at: 2_000 }).time).length, 1)
  assert.equal(overdue.due(record('none', { at: 9_000 }).time).length, 0)
  const again = record('disconnect', {
    type: 'network',
    id: 'n1',
    at: 9_000,
    attributes: { container: 'c1' },
  })
  overdue.told(again, again.time)
  assert.equal(overdue.due(record('none', { at: 11_000 }).time).length, 1)
})

test('ten thousand are remembered, and no more', () => {
  const overdue = createOverdueStarts()
  for (let n = 0; n < 10_001; n++) {
    const created = record('create', { id: `c${n}` })
    overdue.told(created, created.time)
  }
  const due = overdue.due(record('none', { at: 60_000 }).time)
  assert.equal(due.length, 10_000)
  assert.equal(due[0]!.id, 'c1')
})
