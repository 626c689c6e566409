import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readFilter } from '../../src/filter/compile.ts'
import { bindFilter } from '../../src/filter/bind.ts'
import { predicateOf } from '../../src/filter/predicate.ts'
import { renderError } from '../../src/filter/render-error.ts'
import { registerFilterFunctions } from '../../src/filter/sql-functions.ts'
import { sqlOf } from '../../src/filter/sql.ts'
import { NOW } from '../support/filter-entries.ts'
import { JOBS, JOBS_TABLE, type Job } from '../support/filter-jobs.ts'
import {
  durationTerm,
  numberTerm,
  pattern,
  textTerm,
  timeTerm,
  treesOf,
  word,
  wordTerm,
  wordsTerm,
} from '../support/filters.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

// Another subject is a table of fields and nothing else.

const filter = treesOf(
  fc.oneof(
    textTerm(fc.constantFrom('name', 'tag'), pattern),
    wordsTerm('cause', ['completed', 'crashed', 'stop-timeout', 'stop*']),
    wordsTerm('running', ['true', 'false']).filter(isBoolean),
    wordsTerm('oom', ['true', 'false']).filter(isBoolean),
    numberTerm('exit'),
    durationTerm('lasted'),
    timeTerm('started'),
    wordTerm,
  ),
)

function isBoolean(term: object): boolean {
  return 'bound' in bindFilter(term as Parameters<typeof bindFilter>[0], JOBS, NOW)
}

const job: fc.Arbitrary<Job> = fc.record(
  {
    name: word,
    tags: fc.array(word, { maxLength: 2 }),
    cause: fc.constantFrom('completed' as const, 'crashed' as const, 'stop-timeout' as const),
    exit: fc.constantFrom(0, 1, 137, -1),
    lasted: fc.constantFrom(0n, 10_000_000_000n, 9_999_999_999n, 10_000_000_001n, 1_000_000n),
    started: fc.constantFrom(0n, NOW, NOW - 7_200_000_000_000n, NOW - 7_200_000_000_001n),
    running: fc.boolean(),
    oom: fc.boolean(),
  },
  { requiredKeys: ['name', 'tags', 'started', 'running'] },
)

const integer = (value: boolean | number | bigint | undefined): number | bigint | null =>
  typeof value === 'boolean' ? Number(value) : (value ?? null)

const sqlIsThePredicate = (toSql: typeof sqlOf) => {
  const db = new DatabaseSync(':memory:')
  registerFilterFunctions(db)
  db.exec(JOBS_TABLE)
  const insert = db.prepare('INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return fc.property(fc.array(job, { minLength: 1, maxLength: 5 }), filter, (jobs, filter) => {
    const found = bindFilter(filter, JOBS, NOW)
    fc.pre('bound' in found)
    db.exec('DELETE FROM jobs')
    for (const [at, { name, tags, cause, exit, lasted, started, running, oom }] of jobs.entries()) {
      const numbers = [exit, lasted, started, running, oom].map(integer)
      insert.run(at, name, JSON.stringify(tags), cause ?? null, ...numbers)
    }
    const { sql, params } = toSql(found.bound)
    const rows = db.prepare(`SELECT at FROM jobs WHERE ${sql} ORDER BY at`).all(...params)
    const predicate = predicateOf(found.bound)
    const expected = [...jobs.keys()].filter((at) => predicate(jobs[at]!))
    assert.deepEqual(
      rows.map(({ at }) => at),
      expected,
      sql,
    )
  })
}

test('SQL and predicate agree on any subject', () => {
  fc.assert(sqlIsThePredicate(sqlOf), runs(500))
})

test('the agreement on any subject finds planted bugs', async () => {
  const replaced =
    (wrong: string, by: string): typeof sqlOf =>
    (bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql: sql.replaceAll(wrong, by), params }
    }
  const planted = [
    replaced(' IS NOT TRUE', ' = 0'),
    replaced('<= ?', '< ?'),
    replaced('IS NOT NULL AND NOT', 'IS NOT NULL OR NOT'),
    replaced('AND NOT EXISTS', 'OR NOT EXISTS'),
  ]
  for (const toSql of planted) await assertCaught(sqlIsThePredicate(toSql), 5000)
})

test('a filter of another subject tells what its rows have', () => {
  const complaint = (text: string): string => {
    const read = readFilter(text, JOBS, NOW)
    assert.ok('error' in read)
    return renderError(text, read.error)
  }
  assert.equal(
    complaint('a lastd>2h'),
    '  a lastd>2h\n    ^^^^^ jobs have no field "lastd", did you mean "lasted"? (known: name, tag, ' +
      'cause, exit, lasted, started, running, oom, since, until; for a word with such a sign use double quotes)',
  )
  assert.match(complaint('label.team:pay'), /jobs have no field "label\.team"/)
  assert.match(complaint('running:yes'), /^ {2}running:yes\n {10}\^{3} running is true or false$/)
  assert.match(
    complaint('lasted>2x'),
    /^ {2}lasted>2x\n {9}\^\^ expected a duration.*unknown unit "x"/,
  )
  assert.match(complaint('lasted>90'), /a unit is missing/)
})
