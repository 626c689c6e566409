import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DatabaseSync } from 'node:sqlite'
import { selectExecs, type ExecRow } from '../../../src/lives/exec-row.ts'
import type { Entry, Sequenced } from '../../../src/model/entry.ts'
import { REDACTED } from '../../../src/model/secret-texts.ts'
import { memoryProjection } from '../../support/lives/ends.ts'
import { HEALTH_CHECK, tell, type Telling } from '../../support/lives/tell.ts'

const placed = (entries: readonly Entry[]): Sequenced[] =>
  entries.map((entry, at) => ({ ...entry, seq: at + 1 }))

function taken(entries: readonly Entry[]): DatabaseSync {
  const { db, lives } = memoryProjection()
  lives.take(placed(entries), 'epoch')
  return db
}

/** `run e1 person 20ms exit 0 ended`, the oldest first. */
function said({ command, who, startedAt, endedAt, exitCode, state, because }: ExecRow): string {
  return [
    command ?? '?',
    who,
    startedAt === undefined || endedAt === undefined
      ? '?'
      : `${(endedAt - startedAt) / 1_000_000n}ms`,
    exitCode ?? '?',
    because ?? state,
  ].join(' ')
}

const rowsOf = (db: DatabaseSync): string[] => [...selectExecs(db, {})].reverse().map(said)

const execsOf = (story: string, telling: Telling = {}): string[] =>
  rowsOf(taken(tell(`create start ${story}`, { facts: {}, ...telling })))

const checked = { facts: { healthCheck: { test: ['CMD', ...HEALTH_CHECK.split(' ')], shell: [] } } }

suite('exec sessions', () => {
  test('the events of one exec are one, by its id', () => {
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) +500 exec_die(a:3)'), [
      'run a person 510ms 3 ended',
    ])
    assert.deepEqual(
      execsOf(
        'exec_create(a) exec_create(b) exec_start(b) exec_start(a) exec_die(b:1) exec_die(a)',
      ),
      ['run a person 20ms 0 ended', 'run b person 20ms 1 ended'],
      'two at once',
    )
    assert.deepEqual(execsOf('exec_create(a) exec_start(a)'), ['run a person ? ? open'])
    assert.deepEqual(execsOf('exec_create(a)'), ['run a person ? ? open'])
    assert.deepEqual(
      execsOf('exec_create(a) exec_start(a) exec_die(a:1) exec_die(a:2)'),
      ['run a person 10ms 1 ended'],
      'what is told twice is told once',
    )
  })

  test('in another container the same id is another exec', () => {
    const both = [
      ...tell('create start exec_create(a) exec_start(a)', { id: 'c1', facts: {} }),
      ...tell('create start exec_create(a) exec_start(a) exec_die(a)', { id: 'c2', facts: {} }),
    ]
    assert.deepEqual(rowsOf(taken(both)), ['run a person ? ? open', 'run a person 10ms 0 ended'])
  })

  test('what was not seen of one is not known', () => {
    assert.deepEqual(execsOf('exec_start(a) exec_die(a)'), ['run a person 10ms 0 ended'])
    assert.deepEqual(execsOf('exec_create(a) exec_die(a)'), ['run a person ? 0 ended'])
    assert.deepEqual(execsOf('exec_die(a:4)'), ['? unknown ? 4 ended'])
    assert.deepEqual(rowsOf(taken(tell('exec_die(a:4)', { isBare: true }))), [
      '? unknown ? 4 ended',
    ])
  })

  test('an exec that was open in a gap may have ended in it, until its end is told', () => {
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) gap(5)'), ['run a person ? ? gap'])
    assert.deepEqual(execsOf('exec_create(a) gap(5) exec_start(a) exec_die(a)'), [
      'run a person 10ms 0 ended',
    ])
    assert.deepEqual(execsOf('gap(5) exec_create(a) exec_start(a)'), ['run a person ? ? open'])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) lost'), [
      'run a person ? ? not-listening',
    ])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) lost back'), ['run a person ? ? open'])
  })

  test('an exec ends with its container at the latest, and its end may be told behind it', () => {
    const story = 'exec_create(a) exec_start(a) die(137)'
    assert.deepEqual(execsOf(story), ['run a person ? ? container-ended'])
    assert.deepEqual(execsOf(`${story} exec_die(a:137)`), ['run a person 20ms 137 ended'])
    assert.deepEqual(execsOf(`${story} start exec_create(b) exec_start(b)`), [
      'run a person ? ? container-ended',
      'run b person ? ? open',
    ])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) destroy'), [
      'run a person ? ? container-ended',
    ])
    assert.deepEqual(
      execsOf('exec_create(a) exec_start(a) start'),
      ['run a person ? ? container-ended'],
      'the end of the run was not seen',
    )
  })

  test('an end that the filter may keep out is not waited for', () => {
    const filtered = { isFiltered: true }
    assert.deepEqual(execsOf('exec_create(a) exec_start(a)', filtered), [
      'run a person ? ? filtered',
    ])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) exec_die(a)', filtered), [
      'run a person 10ms 0 ended',
    ])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) die(1)', filtered), [
      'run a person ? ? container-ended',
    ])
  })

  test('a health check is known by its command, where the facts tell of it', () => {
    assert.deepEqual(execsOf('exec_create(h1) exec_start(h1) exec_die(h1:1)', checked), [
      '/check me health-check 10ms 1 ended',
    ])
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) exec_die(a)', checked), [
      'run a person 10ms 0 ended',
    ])
    assert.deepEqual(execsOf('exec_create(h1) exec_start(h1)', { isBare: true }), [
      '/check me unknown ? ? open',
    ])
    const redacted = { facts: { healthCheck: { test: ['CMD', `x ${REDACTED}`], shell: [] } } }
    const entries = tell('create start exec_create(a)', redacted).map((entry) => {
      if (entry.kind !== 'record' || !entry.event.action.startsWith('exec')) return entry
      return { ...entry, event: { ...entry.event, action: `exec_create: ${REDACTED} x` } }
    })
    assert.deepEqual(rowsOf(taken(entries)), [`${REDACTED} x unknown ? ? open`])
  })

  test('an id that a label may stand for joins nothing; a code neither', () => {
    const forged = { labels: { execID: 'label' } }
    assert.deepEqual(execsOf('exec_create(a) exec_start(a) exec_start(b) exec_die(a)', forged), [
      'run a person ? ? not-told',
      'run b person ? ? not-told',
    ])
    assert.deepEqual(
      execsOf('exec_create(a) exec_start(a) exec_die(a)', { labels: { exitCode: '0' } }),
      ['run a person 10ms ? ended'],
    )
    assert.deepEqual(execsOf('exec exec_died'), ['? person ? ? not-told'], 'Podman tells no ids')
  })

  test('they are forgotten with the entries that told of them', () => {
    const { db, lives } = memoryProjection()
    lives.take(
      placed(tell('create start exec_create(a) exec_start(a) exec_die(a) exec_start(b)')),
      'epoch',
    )
    assert.equal(lives.forget(4, 100), 0)
    assert.equal(lives.forget(5, 100), 1)
    assert.deepEqual(rowsOf(db), ['run b unknown ? ? open'])
  })

  test('chosen by time, who and number; the newest first', () => {
    const db = taken(
      tell('create start exec_start(a) exec_start(h1) +60000 exec_die(h1) exec_start(b)', checked),
    )
    const all = [...selectExecs(db, {})]
    assert.deepEqual(
      all.map(({ command }) => command),
      ['run b', '/check me', 'run a'],
    )
    const commands = (query: Parameters<typeof selectExecs>[1]): unknown[] =>
      [...selectExecs(db, query)].map(({ command }) => command)
    const last = all[0]!.startedAt!
    assert.deepEqual(commands({ from: last }), ['run b', 'run a'], 'it is open')
    assert.deepEqual(commands({ from: all[1]!.endedAt! }), ['run b', '/check me', 'run a'])
    assert.deepEqual(commands({ to: last - 1n }), ['/check me', 'run a'])
    assert.deepEqual(commands({ who: 'health-check' }), ['/check me'])
    assert.deepEqual(commands({ limit: 1 }), ['run b'])
    assert.deepEqual(commands({ lineages: [] }), [])
  })
})
