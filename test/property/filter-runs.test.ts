import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { bindFilter } from '../../src/filter/bind.ts'
import { predicateOf } from '../../src/filter/predicate.ts'
import { sqlOf } from '../../src/filter/sql.ts'
import { createProjection } from '../../src/lives/projection.ts'
import { runSubject } from '../../src/lives/run-subject.ts'
import { LIVES_FILE, createTables } from '../../src/lives/schema.ts'
import { openLivesView } from '../../src/lives/view.ts'
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

const dir = mkdtempSync(join(tmpdir(), 'auditor-runs-'))
after(() => rmSync(dir, { recursive: true, force: true }))
fill()

function fill(): void {
  const db = new DatabaseSync(join(dir, LIVES_FILE))
  createTables(db)
  const lives = createProjection(db)
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
  db.close()
}

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

const sqlIsThePredicate = (toSql: typeof sqlOf) =>
  fc.property(filter, (asked) => {
    const found = bindFilter(asked, SUBJECT, NOW)
    fc.pre('bound' in found)
    using view = openLivesView(dir)
    const accepts = predicateOf(found.bound)
    const expected = [...view.runs({})].filter(accepts).map(({ container }) => container.id)
    const where = toSql(found.bound)
    assert.deepEqual(
      [...view.runs({ where })].map(({ container }) => container.id),
      expected,
      where.sql,
    )
  })

test('of runs, too, the SQL of a filter finds what its predicate finds', () => {
  fc.assert(sqlIsThePredicate(sqlOf), runs(300))
})

test('it finds the planted bug: what is not known counts as 0', () =>
  assertCaught(
    sqlIsThePredicate((bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql: sql.replaceAll('(r.exit_code)', 'coalesce(r.exit_code, 0)'), params }
    }),
  ))
