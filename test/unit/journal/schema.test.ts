import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openForWriting } from '../../../src/journal/database.ts'
import {
  APPLICATION_ID,
  assertReadable,
  migrate,
  migrations,
  type Migration,
} from '../../../src/journal/schema.ts'
import { isDamage } from '../../../src/journal/unusable.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'

const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]

test('a new database says what it is and how it is kept', (t) => {
  const db = openForWriting(':memory:')
  t.after(() => db.close())
  migrate(db, 'journal.db')
  assert.equal(pragma(db, 'application_id'), APPLICATION_ID)
  assert.equal(pragma(db, 'user_version'), migrations.length)
  assert.equal(pragma(db, 'auto_vacuum'), 2)
  assert.equal(pragma(db, 'synchronous'), 2)
  assert.equal(pragma(db, 'wal_autocheckpoint'), 1000)
  migrate(db, 'journal.db')
  assertReadable(db, 'journal.db')
})

const addColumn: Migration = (db) => db.exec('ALTER TABLE entries ADD COLUMN more TEXT')

test('an older database is brought forward, and keeps what it holds', (t) => {
  const db = openForWriting(':memory:')
  t.after(() => db.close())
  migrate(db, 'journal.db', migrations)
  db.exec("INSERT INTO cursors (sink, since, confirmed) VALUES ('a', 0, 7)")
  const steps = [...migrations, addColumn]
  assert.throws(() => assertReadable(db, 'journal.db', steps), {
    code: 'journal-unusable',
    message: /is of version 1, this program reads 2: start its agent once/,
  })
  migrate(db, 'journal.db', steps)
  assert.equal(pragma(db, 'user_version'), 2)
  assert.equal(db.prepare('SELECT confirmed FROM cursors').get()!['confirmed'], 7)
  assert.deepEqual(db.prepare('SELECT more FROM entries').all(), [])
})

test('a step that fails leaves the version before it', (t) => {
  const db = openForWriting(':memory:')
  t.after(() => db.close())
  const failing: Migration = (db) => {
    addColumn(db)
    throw new Error('failed half way')
  }
  migrate(db, 'journal.db')
  assert.throws(() => migrate(db, 'journal.db', [...migrations, failing]), /failed half way/)
  assert.equal(pragma(db, 'user_version'), migrations.length)
  assert.throws(() => db.prepare('SELECT more FROM entries'), /no such column/)
})

test('a newer database is refused, naming both versions and the cure', (t) => {
  const db = openForWriting(':memory:')
  t.after(() => db.close())
  migrate(db, 'journal.db', [...migrations, addColumn])
  for (const open of [() => migrate(db, 'journal.db'), () => assertReadable(db, 'journal.db')]) {
    assert.throws(open, {
      code: 'journal-newer',
      message: /journal\.db is of version 2, this program knows versions up to 1: use the newer/,
    })
  }
})

test("another program's database is refused and left alone", (t) => {
  const db = new DatabaseSync(':memory:')
  t.after(() => db.close())
  db.exec('CREATE TABLE theirs (x)')
  assert.throws(() => migrate(db, 'other.db'), {
    code: 'journal-unusable',
    message: /other\.db is not Auditor's: move it away/,
  })
  assert.equal(pragma(db, 'user_version'), 0)
})

for (const [what, harm, told] of [
  [
    'a column by another name',
    `UPDATE sqlite_schema SET sql = replace(sql, 'dropped ', 'eropped ') WHERE name = 'cursors'`,
    /the definitions of its tables are not as they were written/,
  ],
  [
    'a constraint less',
    `UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (length(id) = 16)', '') WHERE name = 'entries'`,
    /the definitions of its tables are not as they were written/,
  ],
  ['no version', 'PRAGMA user_version = 0', /the number of its version is lost/],
] as const) {
  test(`a damaged definition is noticed when it is opened: ${what}`, (t) => {
    const folder = temporaryFolder()
    t.after(() => folder.remove())
    const file = join(folder.path, 'journal.db')
    const opened = (work: (db: DatabaseSync) => void): void => {
      const db = openForWriting(file)
      try {
        work(db)
      } finally {
        db.close()
      }
    }
    opened((db) => migrate(db, file))
    opened((db) => {
      db.enableDefensive(false)
      db.exec('PRAGMA writable_schema = ON')
      db.exec(harm)
    })
    const isTold = (thrown: unknown): boolean => isDamage(thrown) && told.test(String(thrown))
    opened((db) => assert.throws(() => migrate(db, file), isTold))
    opened((db) => assert.throws(() => assertReadable(db, file), isTold))
  })
}
