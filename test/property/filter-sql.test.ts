import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bindFilter } from '../../src/filter/bind.ts'
import type { Bound } from '../../src/filter/bound.ts'
import { ENTRIES } from '../../src/filter/entries.ts'
import { predicateOf } from '../../src/filter/predicate.ts'
import { registerFilterFunctions } from '../../src/filter/sql-functions.ts'
import { sqlOf, type SqlCondition } from '../../src/filter/sql.ts'
import type { Filter } from '../../src/filter/syntax.ts'
import { migrations } from '../../src/journal/schema.ts'
import { registerChecksum } from '../../src/journal/checksum.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import type { Entry } from '../../src/model/entry.ts'
import { NOW, validFilter, entryToAsk } from '../support/filter-entries.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type ToSql = (bound: Bound<Entry>) => SqlCondition

function boundOf(filter: Filter): Bound<Entry> {
  const found = bindFilter(filter, ENTRIES, NOW)
  assert.ok('bound' in found)
  return found.bound
}

const sqlIsThePredicate = (toSql: ToSql, register = registerFilterFunctions) => {
  const db = new DatabaseSync(':memory:')
  registerChecksum(db)
  register(db)
  for (const migrate of migrations) migrate(db)
  const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)')
  const key = (seq: number): Buffer => Buffer.from(String(seq).padStart(16, '0'))
  return fc.property(
    fc.array(entryToAsk, { minLength: 1, maxLength: 8 }),
    validFilter,
    (entries, filter) => {
      const bound = boundOf(filter)
      db.exec('DELETE FROM entries')
      for (const [at, entry] of entries.entries())
        insert.run(at, key(at), key(at), encodeEntry(entry))
      const predicate = predicateOf(bound)
      const expected = [...entries.keys()].filter((at) => predicate(entries[at]!))
      const { sql, params } = toSql(bound)
      const rows = db.prepare(`SELECT seq FROM entries e WHERE ${sql} ORDER BY seq`).all(...params)
      assert.deepEqual(
        rows.map(({ seq }) => seq),
        expected,
        sql,
      )
    },
  )
}

test('the SQL of a filter and its predicate are true of the same entries', () => {
  fc.assert(sqlIsThePredicate(sqlOf), runs(500))
})

test('predicate = SQL finds planted bugs', async () => {
  const replaced =
    (wrong: RegExp | string, by: string): ToSql =>
    (bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql: sql.replaceAll(wrong, by), params }
    }
  const withParams =
    (change: (value: string | number | bigint) => string | number | bigint): ToSql =>
    (bound) => {
      const { sql, params } = sqlOf(bound)
      return { sql, params: params.map(change) }
    }
  const planted: { readonly [name: string]: ToSql } = {
    'NOT of a missing value is missing': replaced(/IS NOT TRUE/g, '= 0'),
    'a missing value is unlike any': replaced(/\(\(([^?]*?)\) IS NOT NULL AND NOT/g, '(1 AND NOT'),
    'the end of a range is not in it': replaced(/<= \?/g, '< ?'),
    'times in milliseconds': withParams((value) =>
      typeof value === 'bigint' ? (value / 1_000_000n) * 1_000_000n : value,
    ),
    'AND for OR': replaced(' OR ', ' AND '),
    'labels of the facts are not read': replaced(
      'filter_text(e.body -> ?), filter_text(e.body -> ?)',
      'iif(? IS NULL, 1, NULL), filter_text(e.body -> ?)',
    ),
    'names of labels taken apart at dots': withParams((value) =>
      typeof value === 'string' && value.startsWith('$.') ? value.replaceAll('"', '') : value,
    ),
    'an exit code a label may have forged': replaced('"label-shadows-attribute"', 'no such flag'),
    'exit codes of other lives': replaced('BETWEEN -10000000 AND 10000000000', 'IS NOT NULL'),
    'JSON null is no value': replaced('filter_text(e.body -> ', '(e.body ->> '),
    'what the engine left out is missing': replaced("THEN '' END", 'THEN NULL END'),
    'facts do not win': replaced("e.body -> '$.container' IS NOT NULL", '0'),
  }
  for (const [name, toSql] of Object.entries(planted))
    await assert.doesNotReject(assertCaught(sqlIsThePredicate(toSql), 5000), name)
})

test('predicate = SQL finds planted bugs in the functions', async () => {
  const withGlob =
    (glob: (pattern: string, text: string) => boolean): typeof registerFilterFunctions =>
    (db) => {
      registerFilterFunctions(db)
      const options = { deterministic: true, directOnly: true, varargs: true }
      db.function('filter_glob', options, (pattern, text) =>
        typeof text === 'string' ? Number(glob(pattern as string, text)) : null,
      )
    }
  const sqlite = new DatabaseSync(':memory:').prepare('SELECT ? GLOB ? AS found')
  const asSqlite = withGlob((pattern, text) => sqlite.get(text, pattern)!['found'] === 1)
  const withoutEscapes = withGlob((pattern, text) =>
    new RegExp(
      `^${RegExp.escape(pattern).replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]')}$`,
    ).test(text),
  )
  for (const register of [asSqlite, withoutEscapes])
    await assertCaught(sqlIsThePredicate(sqlOf, register), 5000)
})

test('what a user wrote is in the parameters alone', () => {
  fc.assert(
    fc.property(validFilter, (filter) => {
      const bound = boundOf(filter)
      const { sql, params } = sqlOf(bound)
      assert.equal(sql.split('?').length - 1, params.length)
      // Everything quoted in it is a path or a word of ours.
      for (const [quoted] of sql.matchAll(/'[^']*'/g))
        assert.match(
          quoted,
          /^'(?:\{"eventLength":|:|\$\.[\w.]+|[a-z_]*|sha256:|"label-shadows-attribute")'$/,
        )
      assert.match(sql.replaceAll(/'[^']*'/g, ''), /^[\w\s.,()?<>=*+-]+$/)
    }),
    runs(500),
  )
})
