import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bindFilter } from '../../src/filter/bind.ts'
import { compileFilter } from '../../src/filter/compile.ts'
import { ENTRIES } from '../../src/filter/entries.ts'
import { sqlOf } from '../../src/filter/sql.ts'
import { openForWriting } from '../../src/journal/database.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { keyRange } from '../../src/journal/rows.ts'
import { migrations } from '../../src/journal/schema.ts'
import { createSearch } from '../../src/journal/search.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import { findEvents } from '../../src/query/events.ts'
import { narrowed } from '../../src/query/narrowed.ts'
import { NOW, entryToAsk, validFilter } from '../support/filter-entries.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const entriesToAsk = fc.uniqueArray(entryToAsk, {
  minLength: 1,
  maxLength: 12,
  selector: ({ id }) => id,
})

const everyPageOnce = (createOne: typeof createSearch) =>
  fc.property(
    entriesToAsk,
    validFilter,
    fc.boolean(),
    fc.record({
      places: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 1, max: 3 }),
      bytes: fc.constantFrom(1, 700, 1e6),
    }),
    (entries, filter, reverse, limits) => {
      const db = openForWriting(':memory:')
      try {
        for (const migrate of migrations) migrate(db)
        const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)')
        for (const [at, entry] of entries.entries())
          insert.run(at, Buffer.from(entry.id, 'hex'), Buffer.from([at]), encodeEntry(entry))
        const found = bindFilter(filter, ENTRIES, NOW)
        assert.ok('bound' in found)
        const accepts = compileFilter(filter, NOW)
        const order = reverse ? -1 : 1
        const expected = entries
          .map(({ id }, seq) => ({ id, seq }))
          .filter(({ seq }) => accepts(entries[seq]!))
          .sort((a, b) => (a.id < b.id ? -order : order))
          .map(({ seq }) => seq)
        const where = sqlOf(found.bound)
        const search = createOne(db, limits)
        const given: number[] = []
        let [low, high]: readonly Uint8Array[] = keyRange(undefined, undefined)
        for (let page = 0; page < 50; page++) {
          const { rows, lookedTo } = search(where, low, high, reverse)
          assert.ok(rows.length <= limits.rows)
          given.push(...rows.map(({ seq }) => seq))
          if (lookedTo === undefined) break
          if (reverse) high = lookedTo.id
          else low = lookedTo.id
        }
        assert.deepEqual(given, expected)
      } finally {
        db.close()
      }
    },
  )

test('page after page a search gives out what its condition is true of, once and in order', () => {
  fc.assert(everyPageOnce(createSearch), runs(200))
})

test('the pages of a search find planted bugs', async () => {
  const endsAtFullPage: typeof createSearch = (db, limits) => {
    const search = createSearch(db, limits)
    return (...args) => {
      const { rows, lookedTo } = search(...args)
      return rows.length === limits.rows || lookedTo === undefined ? { rows } : { rows, lookedTo }
    }
  }
  const endsAtEmptyPage: typeof createSearch = (db, limits) => {
    const search = createSearch(db, limits)
    return (...args) => {
      const { rows, lookedTo } = search(...args)
      return rows.length === 0 || lookedTo === undefined ? { rows } : { rows, lookedTo }
    }
  }
  const goesOnBehindTheEdge: typeof createSearch = (db, limits) => {
    const search = createSearch(db, limits)
    const edge = createSearch(db, { ...limits, rows: 1e6, bytes: 1e9 })
    return (...args) => {
      const { rows } = search(...args)
      const { lookedTo } = edge(...args)
      return lookedTo === undefined ? { rows } : { rows, lookedTo }
    }
  }
  for (const planted of [endsAtFullPage, endsAtEmptyPage, goesOnBehindTheEdge])
    await assertCaught(everyPageOnce(planted), 2000)
})

const narrowedIsFiltered = (narrow: typeof narrowed | undefined) =>
  fc.asyncProperty(
    entriesToAsk,
    validFilter,
    fc.boolean(),
    fc.constantFrom({}, { from: NOW }, { to: NOW - 1n }),
    async (entries, filter, reverse, range) => {
      await using journal = createMemoryJournal()
      await journal.append(entries)
      const accepts = compileFilter(filter, NOW)
      const all = await Array.fromAsync(findEvents(journal, { ...range, reverse, accepts }))
      const query = { filter, now: NOW, reverse, ...range }
      if (narrow === undefined) {
        assert.deepEqual(await Array.fromAsync(findEvents(journal, query)), all)
        return
      }
      const found = bindFilter(filter, ENTRIES, NOW)
      assert.ok('bound' in found)
      const listed = await Array.fromAsync(
        journal.entries(narrow(found.bound, { ...range, reverse })),
      )
      assert.deepEqual(listed.filter(accepts), all)
    },
  )

test('a filter pushed down into the journal finds the same entries', async () => {
  await fc.assert(narrowedIsFiltered(undefined), runs(200))
})

test('the pushing down finds planted bugs', async () => {
  const closedEnds: typeof narrowed = (filter, range) => {
    const { to, ...rest } = narrowed(filter, range)
    return to === undefined ? rest : { ...rest, to: to - 1n }
  }
  const forgetsTheRange: typeof narrowed = (filter, range) => {
    const { from, ...rest } = narrowed(filter, range)
    return from === undefined ? rest : { ...rest, from: from + 1_000_000n }
  }
  const endsOfAnyTerm: typeof narrowed = (filter, range) =>
    filter.op === 'or'
      ? narrowed({ op: 'and', parts: filter.parts }, range)
      : narrowed(filter, range)
  for (const planted of [closedEnds, forgetsTheRange, endsOfAnyTerm])
    await assertCaught(narrowedIsFiltered(planted), 3000)
})
