import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sqlOf } from '../../src/filter/sql.ts'
import { EXEC_DOUBTS, EXEC_STATES } from '../../src/lives/exec-row.ts'
import { execSubject } from '../../src/lives/exec-subject.ts'
import { openLivesView } from '../../src/lives/view.ts'
import type { Entry } from '../../src/model/entry.ts'
import { EXECUTORS } from '../../src/model/life/exec-word.ts'
import {
  durationTerm,
  numberTerm,
  pattern,
  textTerm,
  timeTerm,
  treesOf,
  wordTerm,
  wordsTerm,
} from '../support/filters.ts'
import { livesOf, sqlIsThePredicate } from '../support/lives/asked.ts'
import { HEALTH_CHECK, tell, type Telling } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { record } from '../support/records.ts'

const NOW = record('x', { at: 10_000_000 }).time
const SUBJECT = execSubject(NOW)

const checked = { facts: { healthCheck: { test: ['CMD', ...HEALTH_CHECK.split(' ')], shell: [] } } }
const forged = { labels: { execID: 'label', exitCode: '0' } }

/** All that may be known of an exec, and not. */
const STORIES: readonly { readonly story: string; readonly telling?: Telling }[] = [
  {
    story: 'create start exec_create(a) exec_start(a) +500 exec_die(a)',
    telling: {
      labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.service': 'api',
        a: 'a/b',
      },
    },
  },
  { story: 'create start exec_create(a) exec_start(a) +60000 exec_die(a:137)' },
  { story: 'create start exec_create(h1) exec_start(h1) exec_die(h1:1)', telling: checked },
  { story: 'create start exec_create(a) exec_start(a) +7200000 die(137)' },
  { story: 'create start exec_create(a) exec_start(a) exec_die(a:3)', telling: forged },
  { story: 'create start exec_create(a) exec_start(a) gap(5)', telling: { facts: {} } },
  { story: 'create start exec_create(a) exec_start(a)', telling: { facts: {}, isFiltered: true } },
  { story: 'create start exec_start exec_died', telling: { isPodman: true } },
  { story: 'exec_die(a:1)', telling: { isBare: true } },
  { story: 'create start exec_create(a) exec_start(a)', telling: { labels: { 'a"b': '' } } },
  { story: 'create start exec_create(b)', telling: { facts: {} } },
]

const dir = livesOf((lives) => {
  const all: Entry[] = STORIES.flatMap(({ story, telling = {} }, at) =>
    tell(story, { ...telling, id: `c${at}` }),
  )
  lives.take(
    all.map((entry, at) => ({ ...entry, seq: at + 1 })),
    'epoch',
  )
})

const filter = treesOf(
  fc.oneof(
    textTerm(
      fc.constantFrom('lineage', 'name', 'id', 'image', 'project', 'service', 'command'),
      pattern,
    ),
    textTerm(
      fc.constantFrom('lineage', 'name', 'image', 'command'),
      fc.constantFrom('*c1*', 'shop/*', 'run*', '*'),
    ),
    textTerm(fc.constantFrom('label', 'label.a', 'label.a"b', 'label.no'), pattern),
    wordsTerm('who', EXECUTORS),
    wordsTerm('state', EXEC_STATES),
    wordsTerm('because', EXEC_DOUBTS),
    numberTerm('exit'),
    durationTerm('lasted'),
    timeTerm('started'),
    timeTerm('ended'),
    timeTerm('last'),
    wordTerm,
  ),
)

const sqlFinds = sqlIsThePredicate({
  dir,
  subject: SUBJECT,
  now: NOW,
  filter,
  rows: (view, where) => view.execs(where === undefined ? {} : { where }),
})

test('the stories have execs of each state', () => {
  using view = openLivesView(dir)
  const states = [...view.execs({})].map(({ state }) => state)
  assert.deepEqual(new Set(states), new Set(EXEC_STATES))
})

test('of execs, too, the SQL of a filter finds what its predicate finds', () => {
  fc.assert(sqlFinds(sqlOf), runs(300))
})

test('it finds the planted bug: what is not known counts as 0', () =>
  assertCaught(
    sqlFinds((bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql: sql.replaceAll('(e.exit_code)', 'coalesce(e.exit_code, 0)'), params }
    }),
  ))
