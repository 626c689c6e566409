import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Subject } from 'rxjs'
import type { Inspector } from '../../../src/docker/port.ts'
import type { ContainerFacts } from '../../../src/model/container-facts.ts'
import { createEnricher } from '../../../src/streams/enrich.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { ended, enrichStage } from '../../support/enrich-stage.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn } from '../../support/marbles.ts'
import { factsOf, record } from '../../support/records.ts'

test('asked at create, start and die; an exec gets the facts of the start', async () => {
  const clock = createManualClock()
  const inspector: Inspector = {
    list: () => Promise.resolve([]),
    inspect: (id) => clock.sleep(2).then(() => ended(id, 0)),
  }
  const { enrich } = createEnricher({ inspector, clock })
  const marks: { readonly [action: string]: string } = {
    create: 'c',
    start: 's',
    exec_die: 'x',
    die: 'd',
  }
  const actions = Object.fromEntries(Object.entries(marks).map(([action, mark]) => [mark, action]))
  const facts: string[] = []
  const picture = await drawn(enrich, {
    clock,
    source: 'c-s-x-d---|',
    values: (mark) => record(actions[mark]!),
    label(value) {
      if (value.kind !== 'record') return '?'
      facts.push(value.enrichment)
      return marks[value.event.action]!
    },
  })
  assert.equal(picture, '--c-(sx)---d-|')
  assert.deepEqual(facts, ['fresh', 'fresh', 'cached', 'fresh'])
})

test('the question is asked in the step in which the event comes', () => {
  const { give, questions } = enrichStage()
  give(record('create'))
  assert.deepEqual(
    questions.map(({ id }) => id),
    ['c1'],
  )
})

test('answers that overtake one another change nothing: each event sees its own place', async () => {
  const { give, questions, seen } = enrichStage()
  for (const action of ['create', 'attach', 'start', 'exec_create: x', 'die', 'stop'])
    give(record(action))
  assert.equal(questions.length, 3)
  await questions[2]!.answer(ended('c1', 3))
  await questions[1]!.answer(ended('c1', 2))
  assert.deepEqual(seen(), [])
  await questions[0]!.answer(ended('c1', 1))
  assert.deepEqual(seen(), [
    'create fresh 1', 'attach cached 1', 'start fresh 2', 'exec_create: x cached 2', 'die fresh 3', 'stop cached 3',
  ]) // prettier-ignore
})

test('of a container not seen before it asks once, whatever happened', async () => {
  const { give, questions, seen } = enrichStage()
  give(record('kill'))
  give(record('exec_die'))
  assert.equal(questions.length, 1)
  await questions[0]!.answer(ended('c1', 0))
  give(record('pause'))
  assert.equal(questions.length, 1)
  assert.deepEqual(seen(), ['kill fresh 0', 'exec_die cached 0', 'pause cached 0'])
})

test('a container that is gone is not asked for again, until it is made anew', async () => {
  const { give, questions, seen } = enrichStage()
  give(record('kill'))
  await questions[0]!.answer(undefined)
  give(record('exec_die'))
  give(record('destroy'))
  assert.equal(questions.length, 1)
  assert.deepEqual(seen(), ['kill missing', 'exec_die missing', 'destroy missing'])
  give(record('create'))
  assert.equal(questions.length, 2)
})

test('after destroy, or remove, its facts are forgotten', async () => {
  for (const last of ['destroy', 'remove']) {
    const { give, questions, seen } = enrichStage()
    give(record('create'))
    await questions[0]!.answer(factsOf('c1'))
    give(record(last))
    give(record('exec_die'))
    assert.equal(questions.length, 2)
    await questions[1]!.answer(undefined)
    assert.deepEqual(seen(), ['create fresh 0', `${last} cached 0`, 'exec_die missing'])
  }
})

test('an inspect at die that shows the next life is not used', async () => {
  const later = { startedAt: record('x', { at: 5 }).time }
  const nextLives: readonly ContainerFacts[] = [
    factsOf('c1'),
    ended('c1', 0, { status: 'paused' }),
    ended('c1', 0, later),
  ]
  for (const next of nextLives) {
    const { give, questions, seen, out } = enrichStage()
    give(record('start'))
    await questions[0]!.answer(ended('c1', 7))
    give(record('die'))
    await questions[1]!.answer(next)
    give(record('stop'))
    assert.deepEqual(seen(), ['start fresh 7', 'die cached 7', 'stop cached 7'])
    assert.equal(out.length, 3)
  }
})

test('an inspect at die of that life is used, also while it restarts or is removed', async () => {
  for (const status of ['exited', 'restarting', 'removing', 'dead']) {
    const { give, questions, seen } = enrichStage()
    give(record('die', { at: 5 }))
    await questions[0]!.answer(ended('c1', 3, { status, startedAt: record('x').time }))
    assert.deepEqual(seen(), ['die fresh 3'])
  }
})

test('a rename tells the new name also where inspect does not answer', async () => {
  const { give, questions, out } = enrichStage()
  give(record('create'))
  await questions[0]!.answer(factsOf('c1'))
  give(record('rename', { attributes: { name: 'new', oldName: '/name-of-c1' } }))
  await questions[1]!.answer(undefined)
  give(record('pause'))
  assert.deepEqual(
    out.map((value) => (value.kind === 'record' ? value.container?.name : '')),
    ['name-of-c1', 'new', 'new'],
  )
})

test('a failed question is asked once more, and then not again', async () => {
  const { give, questions, seen, clock, enricher } = enrichStage()
  give(record('create'))
  await questions[0]!.fail(new Error('reset'))
  await clock.advance(50)
  assert.equal(questions.length, 2)
  await questions[1]!.fail(new Error('reset'))
  await clock.advance(10_000)
  assert.equal(questions.length, 2)
  assert.deepEqual(seen(), ['create missing'])
  assert.deepEqual(enricher.status(), {
    asked: 1,
    failed: 1,
    skipped: 0,
    cached: 0,
    missing: 1,
    shed: 0,
  })
})

test('at its deadline a record goes on without facts, in order, though nobody obeys the signal', async () => {
  const { give, questions, seen, clock } = enrichStage({ deadlineMs: 2_000 })
  give(record('create'))
  give(record('pull', { type: 'image' }))
  await clock.advance(1_999)
  assert.deepEqual(seen(), [])
  await clock.advance(1)
  assert.deepEqual(seen(), ['create missing', 'pull none'])
  assert.equal(questions[0]!.signal.aborted, true)
  await questions[0]!.answer(factsOf('c1'))
  assert.equal(clock.pending, 0)
  assert.equal(seen().length, 2)
})

test('a snapshot brings its facts for what follows', () => {
  const { give, questions, seen } = enrichStage()
  const snapshot = {
    ...record('snapshot'),
    origin: 'snapshot' as const,
    enrichment: 'fresh' as const,
  }
  give({ ...snapshot, container: ended('c1', 9) })
  give(record('kill'))
  assert.equal(questions.length, 0)
  assert.deepEqual(seen(), ['snapshot fresh 9', 'kill cached 9'])
})

test('a label with the name of an attribute is flagged, on every record of its container', async () => {
  const { give, questions, out } = enrichStage()
  give(record('create'))
  await questions[0]!.answer(factsOf('c1', { labels: { exitCode: '0' } }))
  give(record('pause'))
  give(record('create', { id: 'c2' }))
  await questions[1]!.answer(factsOf('c2', { labels: { 'com.shop.exitCode': '0', name: 'x' } }))
  assert.deepEqual(
    out.map((value) => (value.kind === 'record' ? value.flags : [])),
    [['label-shadows-attribute'], ['label-shadows-attribute'], []],
  )
})

test('leaving aborts what is asked', () => {
  const questions: AbortSignal[] = []
  const { enrich } = createEnricher({
    clock: createManualClock(),
    inspector: {
      list: () => Promise.resolve([]),
      inspect(_, signal) {
        questions.push(signal)
        return new Promise(() => undefined)
      },
    },
  })
  const source = new Subject<Flowing>()
  const subscription = source.pipe(enrich).subscribe()
  source.next(record('create'))
  subscription.unsubscribe()
  assert.equal(questions[0]!.aborted, true)
})
