import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import * as fc from 'fast-check'
import { fitted } from '../../../../src/cli/fitted.ts'
import { frame, SORTS, type TopState } from '../../../../src/cli/top/frame.ts'
import type { Standing } from '../../../../src/query/overview.ts'
import { runs } from '../../../support/property.ts'

const NOW = 1_795_358_966_000_000_000n
const minutes = (count: bigint): bigint => NOW - count * 60_000_000_000n

const standing = (name: string, changes: Partial<Standing> = {}): Standing => ({
  name,
  state: 'running',
  since: minutes(5n),
  runs: 1,
  restarts: 0,
  isLooping: false,
  image: 'nginx',
  container: 'c1',
  ...changes,
})

const stateOf = (standings: readonly Standing[], changes: Partial<TopState> = {}): TopState => ({
  standings,
  now: NOW,
  sort: 'trouble',
  offset: 0,
  notice: 'the agent records',
  filter: '',
  ...changes,
})

const standings = [
  standing('shop/api 1', { health: 'healthy', runs: 3, restarts: 2, lastCause: 'crashed', exitCode: 3 }),
  standing('gone', { state: 'removed', restarts: 9, lastCause: 'completed', exitCode: 0 }),
  standing('db', { isLooping: true, state: 'exited', restarts: 7, lastCause: 'oom', exitCode: 137, since: minutes(1n) }),
  standing('batch', { state: 'paused' }),
] // prettier-ignore

test('a frame at 80 columns, trouble first and what is gone last', () => {
  const lines = frame(stateOf(standings), { columns: 80, rows: 9 })
  assert.deepEqual(
    lines.slice(1).map(({ text, tone }) => `${tone ?? '-'} ${text.trimEnd()}`),
    [
      'gray the agent records',
      'inverse LINEAGE           STATE    FOR      RUNS  LAST H LAST END         HEALTH    LOOP',
      'red db                exited   1m       1     +7     oom 137                    loop',
      'green shop/api 1        running  5m       3     +2     crashed 3        healthy',
      'yellow batch             paused   5m       1',
      '- gone              removed  5m       1     +9     completed 0',
      '- ',
      'gray q quit · sort: [trouble] name since restarts cause',
    ],
  )
  assert.match(lines[0]!.text, /^auditor top \d\d:\d\d:\d\d · 4 lineages · 1 running · 1 looping/)
})

test('other orders, and no further than the last screen', () => {
  const names = (changes: Partial<TopState>, rows = 20): string[] =>
    frame(stateOf(standings, changes), { columns: 80, rows })
      .slice(3, -1)
      .map(({ text }) => text.slice(0, 10).trim())
      .filter((name) => name !== '')
  assert.deepEqual(names({ sort: 'name' }), ['batch', 'db', 'gone', 'shop/api 1'])
  assert.deepEqual(names({ sort: 'restarts' }), ['gone', 'db', 'shop/api 1', 'batch'])
  assert.deepEqual(names({ sort: 'since' })[0], 'db')
  assert.deepEqual(names({ sort: 'cause' }), ['gone', 'shop/api 1', 'db', 'batch'])
  assert.deepEqual(names({ sort: 'name', offset: 99 }, 6), ['gone', 'shop/api 1'])
})

test('whatever containers are called, a frame has its size, and no character that moves a terminal', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom('\u001b[2J\u001b]0;x\u0007', '\u202egnp.exe', 'データベース'.repeat(20), '🐳'.repeat(50), '\r\n\t\b'),
  ) // prettier-ignore
  fc.assert(
    fc.property(
      fc.array(hostile, { maxLength: 12 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom(...SORTS),
      fc.nat(20),
      (names, columns, rows, sort, offset) => {
        const all = names.map((name) => standing(name, { health: name, lastCause: name }))
        const lines = frame(stateOf(all, { sort, offset, filter: names[0] ?? '' }), {
          columns,
          rows,
        })
        assert.ok(lines.length <= rows)
        for (const { text } of lines) {
          assert.equal(text, stripVTControlCharacters(text))
          assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u)
          assert.ok(Array.from(text).filter((char) => !/\p{M}/u.test(char)).length <= columns)
        }
      },
    ),
    runs(300),
  )
})

test('a text takes the columns it is given, also where its letters are wide', () => {
  assert.equal(fitted('web', 5), 'web  ')
  assert.equal(fitted('webserver', 5), 'webs…')
  assert.equal(fitted('データ', 6), 'データ')
  assert.equal(fitted('データベ', 6), 'デー… ')
  assert.equal(fitted('a\u001b[2J', 20), 'a\\u{1b}[2J          ')
  assert.equal(fitted('web', 0), '')
})
