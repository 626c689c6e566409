import assert from 'node:assert/strict'
import { test } from 'node:test'
import { from, lastValueFrom, map } from 'rxjs'
import { createPipeline } from '../../../src/agent/pipeline.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { createRedactor, type Redactor } from '../../../src/model/redaction.ts'
import type { Group } from '../../../src/streams/flow.ts'
import { createTaps, TAP_STAGES, type Tapped, type TapStage } from '../../../src/streams/tap.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { factsOf, record } from '../../support/records.ts'

const SECRET = 'hunter2-is-no-password'
const labels = { 'db.password': SECRET }

const isText = (each: Tapped): each is Entry =>
  each.kind !== 'skipped' && each.kind !== 'group' && each.kind !== 'dropped'

/** What taps at these stages see of records that hold a secret, through the pipeline of an agent. */
async function tapped(redactor: Pick<Redactor, 'entry'>, accepts?: (entry: Entry) => boolean) {
  const clock = createManualClock()
  const taps = createTaps()
  const ending = new AbortController()
  const { signal } = ending
  const seen = new Map<TapStage, Tapped[]>(TAP_STAGES.map((stage) => [stage, []]))
  const looking = TAP_STAGES.map(async (stage) => {
    const options = { stage, redactor, clock, signal, ...(accepts && { accepts }) }
    for await (const each of taps.open(options)) seen.get(stage)!.push(each)
  })
  const written: Group[] = []
  const pipeline = createPipeline({
    taps,
    clock,
    filter: 'NOT action:create',
    inspector: {
      inspect: (id) =>
        Promise.resolve(factsOf(id, { labels, command: ['db', `--password=${SECRET}`] })),
      list: () => Promise.resolve([]),
    },
    write: (group) => Promise.resolve(void written.push(group)),
  })
  const events = ['create', 'start', `exec_create: mysql -p${SECRET}`, 'die']
  const entries = events.map((action, at) => record(action, { at, attributes: labels }))
  const done = lastValueFrom(from(entries).pipe(pipeline.run), { defaultValue: undefined })
  for (let round = 0; round < 5; round++) await clock.advance(10_000)
  await done
  await clock.settle()
  ending.abort()
  await Promise.all(looking)
  return { seen, written }
}

const leaks = (seen: ReadonlyMap<TapStage, readonly Tapped[]>): TapStage[] =>
  TAP_STAGES.filter((stage) => seen.get(stage)!.filter(isText).some((each) => encodeEntry(each).includes(SECRET))) // prettier-ignore

test('what passes each stage is seen at each of them, and no secret at any (P11)', async () => {
  const { seen, written } = await tapped(createRedactor())
  const kinds = (stage: TapStage) => seen.get(stage)!.map(({ kind }) => kind)
  assert.deepEqual(kinds('source'), ['record', 'record', 'record', 'record'])
  for (const stage of TAP_STAGES.slice(1, -1)) {
    assert.deepEqual(kinds(stage), ['skipped', 'record', 'record', 'record'], stage)
  }
  assert.equal(kinds('group').length, written.length)
  const die = seen.get('annotate')!.at(-1)
  assert.equal(die?.kind === 'record' && die.cause !== undefined, true)
  assert.deepEqual(leaks(seen), [])
})

test('a planted bug is found: without redaction on the way out, stages before it leak', async () => {
  const { seen } = await tapped({ entry: (entry) => entry })
  assert.deepEqual(leaks(seen), ['source', 'filter', 'enrich', 'health-checks', 'annotate'])
})

test('a filter is asked of what has no secrets, so that it can not guess them', async () => {
  const { seen } = await tapped(createRedactor(), (entry) => encodeEntry(entry).includes(SECRET))
  assert.deepEqual([...seen.values()].flat(), [])
})

test('who is too slow is told how many it missed; the pipeline is never held up, and forgets who has gone', async () => {
  const clock = createManualClock()
  const taps = createTaps()
  const ending = new AbortController()
  const tap = taps.open({
    stage: 'source',
    redactor: createRedactor(),
    clock,
    signal: ending.signal,
  })
  const first = tap.next()
  const passed = await lastValueFrom(
    from(Array.from({ length: 5_000 }, (_, at) => record('start', { at }))).pipe(
      taps.behind('source'),
      map((_, at) => at + 1),
    ),
  )
  assert.equal(passed, 5_000)
  const seen: Tapped[] = [(await first).value as Tapped]
  while (seen.at(-1)?.kind !== 'dropped') seen.push((await tap.next()).value as Tapped)
  const last = seen.pop()
  assert.equal(seen.length + (last?.kind === 'dropped' ? last.count : 0), 5_000)
  assert.ok(seen.length <= 1_001)
  ending.abort()
  assert.equal((await tap.next()).done, true)
})
