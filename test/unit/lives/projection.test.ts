import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DatabaseSync } from 'node:sqlite'
import type { Entry, Sequenced } from '../../../src/model/entry.ts'
import { FOR_EVER, memoryProjection } from '../../support/lives/ends.ts'
import { tell } from '../../support/lives/tell.ts'

const placed = (entries: readonly Entry[], from = 0): Sequenced[] =>
  entries.map((entry, at) => ({ ...entry, seq: from + at + 1 }))

function count(db: DatabaseSync, table: string): number {
  return (db.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows
}

suite('projection', () => {
  test('what the journal no longer tells of is forgotten, and what still lives is kept', () => {
    const { db, lives } = memoryProjection()
    const told = placed([
      ...tell('create start +5000 die(1) +60000 destroy', { id: 'gone' }),
      ...tell('create start +5000 die(1) start', { id: 'lives' }),
      ...tell('create +5000 destroy', { id: 'never' }),
    ])
    lives.take(told, 'epoch')
    const due = placed(
      lives.due(() => FOR_EVER),
      told.length,
    )
    lives.take(due, 'epoch')
    assert.deepEqual(
      ['lives', 'runs', 'lineages'].map((table) => count(db, table)),
      [3, 3, 3],
    )
    assert.equal(lives.forget(2, 100), 0, 'the entries that told of them are still there')
    assert.equal(lives.forget(told.length + due.length, 100), 2)
    assert.deepEqual(
      ['lives', 'runs', 'lineages'].map((table) => count(db, table)),
      [1, 1, 1],
    )
  })

  test('memory that ran out is told ahead of the start by a busy engine: one run all the same', () => {
    const { lives } = memoryProjection()
    lives.take(placed(tell('create +100 oom +100 start +50 die(137) +5000 destroy')), 'epoch')
    const told = lives
      .due(() => FOR_EVER)
      .flatMap((entry) => (entry.kind === 'life' ? [entry.cause] : []))
    assert.deepEqual(told, ['oom'])
  })

  test('a run is told once, also by who was begun anew before it was taken in', () => {
    const { lives } = memoryProjection()
    lives.take(placed(tell('create start +5000 die(1)')), 'epoch')
    const first = lives.due(() => FOR_EVER)
    assert.equal(first.length, 1)
    assert.deepEqual(
      lives.due(() => FOR_EVER),
      [],
    )
    lives.take(placed(first, 3), 'epoch')
    assert.deepEqual(
      lives.due(() => FOR_EVER),
      [],
    )
  })

  test('an end waits for what may still be told of it', () => {
    const { lives } = memoryProjection()
    const wait = (seconds: number): number =>
      lives.due(() => BigInt(seconds) * 1_000_000_000n).length
    lives.take(placed(tell('create start +5000 kill(15) die(143)')), 'epoch')
    assert.equal(wait(2), 0)
    assert.equal(wait(14), 0)
    assert.equal(wait(15), 1)
  })

  test('a failed transaction leaves nothing behind for who begins anew', () => {
    const { db, lives } = memoryProjection()
    const told = placed(tell('create start +5000 die(1)'))
    db.exec("CREATE TRIGGER full BEFORE INSERT ON made BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert.throws(() => lives.take(told, 'epoch'), /full/)
    assert.deepEqual(
      ['lives', 'runs', 'lineages'].map((table) => count(db, table)),
      [0, 0, 0],
    )
  })
})

test('made anew where the first runs were pruned, what was told is not told again', () => {
  const story = tell('create start +5000 die(1) start +5000 die(2) start +5000 die(3) start')
  const { lives } = memoryProjection()
  lives.take(placed(story), 'epoch')
  const due = lives.due(() => FOR_EVER)
  const all = placed([...story, ...due])
  const kept = all.slice(4) // the first run is gone: its start, its end
  const anew = memoryProjection()
  anew.lives.take(kept, 'epoch')
  assert.deepEqual(
    anew.lives.due(() => FOR_EVER),
    [],
  )
})

test('much is told a part at a time, and all of it', () => {
  const { lives } = memoryProjection()
  const stories = Array.from({ length: 1_200 }, (_, at) =>
    tell('create start +5000 die(1)', { id: `c${at}`, at }),
  )
  lives.take(placed(stories.flat()), 'epoch')
  const parts: number[] = []
  for (let due = lives.due(() => FOR_EVER); due.length > 0; due = lives.due(() => FOR_EVER)) {
    parts.push(due.length)
  }
  assert.deepEqual(parts, [500, 500, 200])
})
