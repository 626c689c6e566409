import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { lengthClass, middleOf } from '../../src/lives/length-class.ts'
import { HOUR, createTables } from '../../src/lives/schema.ts'
import { STATS_KEYS, statsOf, type StatsRow } from '../../src/lives/stats.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const CAUSES = ['crashed', 'completed', 'oom']
const BEGIN = 1_790_000_000_000_000_000n

/** A run that ended, or one that goes on. */
const someRun = fc.record({
  lineage: fc.nat(3),
  image: fc.constantFrom('a', 'b'),
  cause: fc.constantFrom(...CAUSES),
  exitCode: fc.option(fc.constantFrom(-1, 0, 137), { nil: null }),
  ended: fc.bigInt({ min: 0n, max: 100n * HOUR }).map((after) => BEGIN + after),
  length: fc.option(fc.bigInt({ min: -1_000n, max: 200n * HOUR }), { nil: null }),
  isSettled: fc.boolean(),
})
type SomeRun = typeof someRun extends fc.Arbitrary<infer T> ? T : never

const asked = fc.record({
  by: fc.uniqueArray(fc.constantFrom(...STATS_KEYS), { minLength: 1, maxLength: 3 }),
  from: fc.bigInt({ min: -HOUR, max: 40n * HOUR }).map((after) => BEGIN + after),
  length: fc.bigInt({ min: 48n * HOUR, max: 80n * HOUR }),
})

function filled(told: readonly SomeRun[], forgotten: number): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  createTables(db)
  for (let lineage = 0; lineage < 4; lineage++) {
    const [project, service] = [lineage < 3 ? `p${lineage % 2}` : null, lineage < 2 ? 's' : null]
    db.prepare(
      'INSERT INTO lineages (lineage, engine_id, key, name, project, service) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(lineage, 'engine', `k${lineage}`, `n${lineage}`, project, service)
    db.prepare(
      "INSERT INTO lives (life, engine_id, container_id, lineage, name, image, starts, first_seq, last_seq) VALUES (?, 'engine', ?, ?, '', '', 0, 0, 0)",
    ).run(lineage, `c${lineage}`, lineage)
  }
  const insert = db.prepare(
    'INSERT INTO runs (lineage, number, life, nth, started, ooms, execs, health_flips, paused) VALUES (?1, ?2, ?1, ?2, ?3, 0, 0, 0, 0)',
  )
  const settle = db.prepare(
    'UPDATE runs SET settled = ?, ended = ?, cause = ?, exit_code = ?, image = ?, length = ? WHERE lineage = ? AND number = ?',
  )
  told.forEach(({ lineage, image, cause, exitCode, ended, length, isSettled }, number) => {
    insert.run(lineage, number, length === null ? null : ended - length)
    if (!isSettled) return
    const sizeClass = length === null ? null : lengthClass(length)
    settle.run(number + 1, ended, cause, exitCode, image, sizeClass, lineage, number)
  })
  db.prepare('DELETE FROM runs WHERE number < ?').run(forgotten)
  return db
}

/** The same but for what may differ: lengths, and the hour at the seam of two parts. */
function assertAlike(byHours: readonly StatsRow[], byRuns: readonly StatsRow[]): void {
  const plain = ({ key, runs: count, causes, trend }: StatsRow) => ({
    key,
    runs: count,
    causes,
    inAll: trend.reduce((sum, each) => sum + each, 0),
  })
  assert.deepEqual(byHours.map(plain), byRuns.map(plain))
  byHours.forEach(({ median, p95, isApproximate }, at) => {
    assert.equal(isApproximate, true)
    const exact = byRuns[at]!
    assert.equal(median === undefined, exact.median === undefined)
    assert.equal(p95 === undefined, exact.p95 === undefined)
  })
}

const alike = (spoil: (db: DatabaseSync) => void = () => undefined) =>
  fc.property(fc.array(someRun, { maxLength: 40 }), fc.nat(10), asked, (told, forgotten, what) => {
    const db = filled(told, forgotten)
    spoil(db)
    const query = { by: what.by, from: what.from, to: what.from + what.length, parts: 12 }
    assertAlike(statsOf(db, query), statsOf(db, { ...query, where: { sql: '1', params: [] } }))
    db.close()
  })

test('what was counted for each hour comes to what the runs come to', () => {
  fc.assert(alike(), runs(500))
})

test('it finds the planted bug: what was forgotten is still counted', () =>
  assertCaught(alike((db) => db.exec('INSERT INTO run_hours SELECT hour + 1, lineage, image, cause, exit_code, length, runs FROM run_hours')))) // prettier-ignore

test('it finds the planted bug: an hour is not counted', () =>
  assertCaught(alike((db) => db.exec('DELETE FROM run_hours WHERE hour % 3 = 0'))))

test('a length is off by 1/32 at most, and classes are in the order of lengths', () => {
  const length = fc.bigInt({ min: 0n, max: 1n << 62n })
  fc.assert(
    fc.property(length, length, (one, other) => {
      const off = middleOf(lengthClass(one)) - one
      assert.ok((off < 0n ? -off : off) * 32n <= one)
      if (one < other) assert.ok(lengthClass(one) <= lengthClass(other))
    }),
    runs(1_000),
  )
})
