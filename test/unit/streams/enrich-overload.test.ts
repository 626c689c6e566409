import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skippedOf } from '../../../src/streams/skipped.ts'
import { enrichStage } from '../../support/enrich-stage.ts'
import { engine, factsOf, record } from '../../support/records.ts'

test('an engine that answers nobody is left alone for a while; then one question tries', async () => {
  const { give, questions, clock, enricher, seen } = enrichStage({
    concurrency: 1,
    deadlineMs: 1_000,
  })
  for (let index = 0; index < 5; index++) give(record('create', { id: `c${index}` }))
  await clock.advance(5_000)
  assert.equal(questions.length, 5)
  give(record('create', { id: 'skipped' }))
  assert.equal(questions.length, 5)
  assert.deepEqual(
    seen(),
    Array.from({ length: 6 }, () => 'create missing'),
  )

  await clock.advance(10_000)
  give(record('create', { id: 'probe' }))
  assert.equal(questions.length, 6)
  await clock.advance(1_000)
  give(record('create', { id: 'skipped again' }))
  assert.equal(questions.length, 6)

  await clock.advance(10_000)
  give(record('create', { id: 'second probe' }))
  await questions[6]!.answer(factsOf('second probe'))
  give(record('create', { id: 'asked again' }))
  assert.equal(questions.length, 8)
  assert.equal(enricher.status().skipped, 2)
})

test('what there is no room for is one gap, with its time and its number', async () => {
  const { give, questions, out, complete, enricher } = enrichStage({ capacity: 2, concurrency: 1 })
  for (let at = 0; at < 6; at++) give(record('create', { id: `c${at}`, at }))
  give(skippedOf(record('start', { at: 6 }), 'filter')!)
  assert.equal(questions.length, 1)
  await questions[0]!.answer(factsOf('c0'))
  await questions[1]!.answer(factsOf('c1'))
  assert.equal(complete(), true)
  assert.deepEqual(
    out.map((value) => value.kind),
    ['record', 'record', 'gap'],
  )
  const gap = out[2]!
  assert.ok(gap.kind === 'gap')
  const { cause, certainty, count, from, to } = gap
  assert.deepEqual(
    { cause, certainty, count, from, to, engine: gap.engine },
    {
      cause: 'overflow',
      certainty: 'certain',
      count: 4,
      from: record('create', { at: 2 }).time,
      to: record('create', { at: 5 }).time,
      engine,
    },
  )
  assert.equal(enricher.status().shed, 4)
})

test('in a burst nobody is asked any more, so that nothing of it is shed', async () => {
  const { give, questions, seen, out, enricher } = enrichStage({
    capacity: 100,
    crowdedAt: 10,
    concurrency: 2,
  })
  for (let at = 0; at < 90; at++) give(record('create', { id: `c${at}`, at }))
  assert.equal(questions.length, 2)
  await questions[0]!.answer(factsOf('c0'))
  await questions[1]!.answer(factsOf('c1'))
  assert.equal(out.length, 90)
  assert.deepEqual(seen().filter((line) => line.includes('fresh')).length, 2)
  assert.equal(enricher.status().shed, 0)
  assert.equal(enricher.status().skipped, 88)
  give(record('create', { id: 'after it' }))
  assert.equal(questions.length, 3, 'and afterwards they are asked again')
})

test('a single one too many is not lost', async () => {
  const { give, questions, seen } = enrichStage({ capacity: 1, concurrency: 1 })
  give(record('create', { id: 'a' }))
  give(record('create', { id: 'b' }))
  await questions[0]!.answer(factsOf('a'))
  await questions[1]!.answer(factsOf('b'))
  assert.deepEqual(seen(), ['create fresh 0', 'create fresh 0'])
})

test('of what the engine remembers a container is asked for once, so that live events wait less', async () => {
  const { give, questions, seen, clock } = enrichStage()
  const fifteenHours = 15 * 3_600_000
  await clock.advance(fifteenHours) // some minutes after the records' moment
  for (const action of ['create', 'start', 'die']) give(record(action, { id: 'old' }))
  give(record('create', { id: 'live', at: fifteenHours }))
  assert.deepEqual(
    questions.map(({ id }) => id),
    ['old', 'live'],
  )
  await questions[0]!.answer(undefined)
  await questions[1]!.answer(factsOf('live'))
  assert.deepEqual(
    seen().map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['create missing', 'start missing', 'die missing', 'create fresh'],
  )
})

test('some time after the end of the source nobody is asked any more, and everything goes on', async () => {
  const { give, questions, complete, clock, seen, enricher } = enrichStage({
    concurrency: 1,
    deadlineMs: 1_000,
  })
  for (let index = 0; index < 50; index++) give(record('create', { id: `c${index}` }))
  assert.equal(complete(), false)
  await questions[0]!.answer(factsOf('c0'))
  assert.equal(questions.length, 2)
  await clock.advance(999)
  assert.equal(seen().length, 1)
  await clock.advance(1_000)
  assert.equal(complete(), true)
  assert.equal(questions.length, 2, 'the second one came to its deadline, and was the last')
  assert.deepEqual(seen(), [
    'create fresh 0',
    ...Array.from({ length: 49 }, () => 'create missing'),
  ])
  assert.equal(enricher.status().skipped, 48)
})
