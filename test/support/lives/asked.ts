import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after } from 'node:test'
import * as fc from 'fast-check'
import { bindFilter } from '../../../src/filter/bind.ts'
import { predicateOf } from '../../../src/filter/predicate.ts'
import { sqlOf, type SqlCondition } from '../../../src/filter/sql.ts'
import type { Subject } from '../../../src/filter/subject.ts'
import type { Filter } from '../../../src/filter/syntax.ts'
import { createProjection, type Projection } from '../../../src/lives/projection.ts'
import { LIVES_FILE, createTables } from '../../../src/lives/schema.ts'
import { openLivesView, type LivesView } from '../../../src/lives/view.ts'
import type { Nanoseconds } from '../../../src/model/time.ts'

/** A directory with lives as they are filled in, until the tests of the file are over. */
export function livesOf(fill: (lives: Projection) => void): string {
  const dir = mkdtempSync(join(tmpdir(), 'auditor-asked-'))
  after(() => rmSync(dir, { recursive: true, force: true }))
  const db = new DatabaseSync(join(dir, LIVES_FILE))
  createTables(db)
  fill(createProjection(db))
  db.close()
  return dir
}

/** That a filter's SQL, as `toSql` makes it, finds the rows its predicate accepts. */
export function sqlIsThePredicate<Row extends { readonly container: { readonly id: string } }>({
  dir,
  subject,
  now,
  filter,
  rows,
}: {
  readonly dir: string
  readonly subject: Subject<Row>
  readonly now: Nanoseconds
  readonly filter: fc.Arbitrary<Filter>
  readonly rows: (view: LivesView, where?: SqlCondition) => Iterable<Row>
}): (toSql: typeof sqlOf) => fc.IPropertyWithHooks<[Filter]> {
  const ids = (of: readonly Row[]): string[] => of.map(({ container }) => container.id)
  return (toSql) =>
    fc.property(filter, (asked) => {
      const found = bindFilter(asked, subject, now)
      fc.pre('bound' in found)
      using view = openLivesView(dir)
      const accepts = predicateOf(found.bound)
      const where = toSql(found.bound)
      assert.deepEqual(ids([...rows(view, where)]), ids([...rows(view)].filter(accepts)), where.sql)
    })
}
