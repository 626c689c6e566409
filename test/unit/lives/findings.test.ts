import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { FOR_EVER } from '../../../src/lives/projection.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { memoryProjection } from '../../support/lives/ends.ts'
import { listening } from '../../support/lives/found.ts'
import { tell, type Telling } from '../../support/lives/tell.ts'

const LOOP = 'create '.concat('start +500 die(1) '.repeat(5))
const MINUTES = 60_000

function heard(story: string, telling: Telling & { readonly silence?: number } = {}): string[] {
  const { silence = 0, ...rest } = telling
  const agent = listening()
  for (const entry of tell(story, rest)) {
    agent.append([entry])
    agent.look()
  }
  agent.look(20) // the last end is settled
  agent.look(silence)
  return agent.found
}

suite('restart loops', () => {
  test('open with the fifth end, and resolve by the clock alone', () => {
    const opened = 'name-of-c1: restart loop, 5 ends in 2s (crashed, exit code 1)'
    assert.deepEqual(heard(LOOP), [opened])
    assert.deepEqual(heard(LOOP, { silence: 299 }), [opened])
    assert.deepEqual(heard(LOOP, { silence: 320 }), [
      opened,
      'name-of-c1: no restart loop any more, 5 ends in 2s (crashed, exit code 1), then none for 5m',
    ])
  })

  test('resolve by what comes later, with all that came', () => {
    const more = `${LOOP} start +500 die(1) start +400000 die(0) start +1000`
    assert.deepEqual(heard(more), [
      'name-of-c1: restart loop, 5 ends in 2s (crashed, exit code 1)',
      'name-of-c1: no restart loop any more, 6 ends in 2.6s (crashed, exit code 1), then none for 5m',
    ])
  })

  test('clean stops and finished work are none', () => {
    assert.deepEqual(heard(`create ${'start +500 die(0) '.repeat(8)}`, { silence: 20 }), [])
    assert.deepEqual(heard(`create ${'start kill(15) die(143) stop '.repeat(8)}`), [])
  })

  test('four are none, nor are five in an hour', () => {
    assert.deepEqual(heard(`create ${'start +500 die(1) '.repeat(4)}`), [])
    assert.deepEqual(heard(`create ${'start +250000 die(1) '.repeat(5)}`), [])
  })

  for (const [what, deaf] of Object.entries({
    'the engine is away': 'lost',
    'a gap ended just now': 'gap(1000)',
  })) {
    test(`quiet means nothing while ${what}`, () => {
      const found = heard(`${LOOP} +2000 ${deaf}`, { silence: 0 })
      assert.equal(found.length, 1)
    })
  }

  test('a gap begins the quiet anew', () => {
    const at = `${LOOP} +290000 gap(100000) start`
    assert.equal(heard(at, { silence: 200 }).length, 1)
    assert.equal(heard(at, { silence: 330 }).length, 2)
  })

  test('the end of a replay is no quiet', () => {
    const agent = listening()
    agent.append(tell(LOOP))
    const due = agent.lives.due(() => FOR_EVER)
    agent.append(due)
    assert.deepEqual(
      agent.lives.due(() => FOR_EVER).map((entry) => entry.kind === 'finding' && entry.state),
      ['opened'],
    )
    assert.deepEqual(
      agent.lives.due(() => FOR_EVER),
      [],
    )
  })
})

suite('health', () => {
  const flaps = 'create start health(healthy) '.concat(
    '+60000 health(unhealthy) +60000 health(healthy) '.repeat(2),
  )

  test('that goes to and fro twice in a quarter of an hour flaps', () => {
    assert.deepEqual(heard(flaps), ['name-of-c1: health that flaps, 4 changes in 3m'])
    assert.deepEqual(heard(flaps, { silence: 16 * 60 }).slice(1), [
      'name-of-c1: no health that flaps any more, 4 changes in 3m, then none for 15m',
    ])
  })

  test('that becomes known at each start does not', () => {
    assert.deepEqual(
      heard('create '.concat('start health(healthy) kill(15) die(0) stop '.repeat(9))),
      [],
    )
  })
})

suite('images', () => {
  const life = (id: string, image: string, at: number) =>
    tell('create start', {
      id,
      at,
      facts: { name: 'web', image: { name: 'web:1', id: `sha256:${image}` }, limits: LIMITED },
    })

  test('a tag that moved between two lives is noted, once', () => {
    const agent = listening()
    for (const [id, image, at] of [
      ['c1', 'a'.repeat(64), 0],
      ['c2', 'a'.repeat(64), MINUTES],
      ['c3', 'b'.repeat(64), 2 * MINUTES],
    ] as const) {
      agent.append(life(id, image, at))
      agent.look()
    }
    assert.deepEqual(agent.found, [
      'web: web:1 is another image than before: aaaaaaaaaaaa -> bbbbbbbbbbbb',
    ])
  })
})

const LIMITED = { memoryBytes: 1, nanoCpus: 0, pids: 0 }

suite('what auditors ask about', () => {
  const telling = { facts: { privileged: true, limits: LIMITED, image: { name: 'a:1', id: 'x' } } }

  test('is noted once a container, not once a start', () => {
    assert.deepEqual(heard('create start die(0) start die(0) start', telling), [
      'name-of-c1: what auditors ask about: privileged all capabilities and devices',
    ])
  })

  test('and again where it is something else', () => {
    const agent = listening()
    agent.append(tell('create start kill(9) die(137)', telling))
    agent.append(tell('start', { at: 500, facts: { ...telling.facts, privileged: false } }))
    agent.look()
    assert.deepEqual(agent.found.slice(1), [
      'name-of-c1: nothing stands out any more in how it is run',
    ])
  })

  test('is not where nothing stands out, or where it never ran', () => {
    assert.deepEqual(heard('create', telling), [])
    assert.deepEqual(heard('create start', { facts: { ...telling.facts, privileged: false } }), [])
  })
})

test('told once: also by one that begins anew, and by one that takes all in again', () => {
  const agent = listening()
  agent.append(tell(LOOP))
  agent.look(20)
  agent.look(400)
  assert.equal(agent.found.length, 2)
  const anew = listening(memoryProjection().lives)
  anew.append(agent.journal)
  anew.look(1_000)
  assert.deepEqual(anew.found, [])
})

test('many findings are told some at a time, each once', () => {
  const { lives } = memoryProjection()
  const journal: Entry[] = []
  const take = (entries: readonly Entry[]): void => {
    const sequenced = entries.map((entry, index) => ({ ...entry, seq: journal.length + index + 1 }))
    journal.push(...entries)
    lives.take(sequenced, 'epoch')
  }
  for (let n = 0; n < 1_200; n++) {
    const id = n.toString(16).padStart(12, '0')
    take(tell('create start', { id, at: n * 100, facts: { privileged: true } }))
  }
  const due = (): Entry[] => lives.due(() => 0n)
  const [first, second] = [due(), due()] // the second before the first was taken in
  take([...first, ...second])
  const third = due()
  take(third)
  assert.deepEqual(
    [first, second, third, due()].map(({ length }) => length),
    [500, 500, 200, 0],
  )
  const ids = [...first, ...second, ...third].map(({ id }) => id)
  assert.equal(new Set(ids).size, 1_200)
  assert.deepEqual(ids, ids.toSorted())
})
