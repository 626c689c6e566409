import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sqlOf } from '../../src/filter/sql.ts'
import { runSubject } from '../../src/lives/run-subject.ts'
import type { Entry } from '../../src/model/entry.ts'
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
import { FOR_EVER } from '../support/lives/ends.ts'
import { tell } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { record } from '../support/records.ts'

const NOW = record('x', { at: 10_000_000 }).time
const SUBJECT = runSubject(NOW)

/** All kinds of ends, and some that run, are not settled, or were never seen to begin. */
const STORIES: readonly { readonly story: string; readonly labels?: { [name: string]: string } }[] =
  [
    { story: 'create start +5000 die(0)' },
    {
      story: 'create start +500 oom die(137)',
      labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' },
    },
    { story: 'create start +60000 kill(15) die(143) stop start exec_start exec_start' },
    { story: 'create start +7200000 die(3)', labels: { exitCode: '0' } },
    { story: 'create start health(healthy)', labels: { a: 'a/b', 'a"b': '', label: 'a' } },
    { story: 'exec_start die(1)' },
    { story: 'create start destroy' },
  ]

const dir = livesOf((lives) => {
  const all: Entry[] = STORIES.flatMap(({ story, labels = {} }, at) =>
    tell(story, { id: `c${at}`, labels }),
  )
  const placed = all.map((entry, at) => ({ ...entry, seq: at + 1 }))
  lives.take(placed, 'epoch')
  const [last, ...due] = lives.due(() => FOR_EVER)
  assert.ok(last !== undefined) // one is left unsettled
  lives.take(
    due.map((entry, at) => ({ ...entry, seq: placed.length + at + 1 })),
    'epoch',
  )
})

const filter = treesOf(
  fc.oneof(
    textTerm(
      fc.constantFrom('lineage', 'name', 'id', 'image', 'project', 'service', 'health'),
      pattern,
    ),
    textTerm(fc.constantFrom('label', 'label.a', 'label.a"b', 'label.no'), pattern),
    textTerm(fc.constantFrom('lineage', 'name', 'image'), fc.constantFrom('*c1*', 'shop/*', '*')),
    wordsTerm('cause', ['completed', 'oom', 'stopped', 'crashed', 'unknown']),
    wordsTerm('running', ['true', 'false']),
    wordsTerm('oom', ['true', 'false']),
    numberTerm('exit'),
    numberTerm('signal'),
    numberTerm('execs'),
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
  rows: (view, where) => view.runs(where === undefined ? {} : { where }),
})

test('of runs, too, the SQL of a filter finds what its predicate finds', () => {
  fc.assert(sqlFinds(sqlOf), runs(300))
})

test('it finds the planted bug: what is not known counts as 0', () =>
  assertCaught(
    sqlFinds((bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql: sql.replaceAll('(r.exit_code)', 'coalesce(r.exit_code, 0)'), params }
    }),
  ))
