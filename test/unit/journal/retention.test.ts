import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Marker } from '../../../src/model/entry.ts'
import { nanosFromMillis } from '../../../src/model/time.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MIB = 1024 * 1024
const everything = { entries: 10_000, bytes: 1e9 }
const day = 24 * 60 * 60_000

test('limits that keep nothing are refused', () => {
  for (const retention of [{ maxBytes: MIB - 1 }, { maxAgeMs: 0 }, { maxBytes: Number.NaN }]) {
    assert.throws(() => createMemoryJournal({ retention }), { code: 'config-invalid' })
  }
})

function makeAt(clock: { nowNanos(): bigint }): (n: number, bytes?: number) => Marker {
  return (n, bytes = 10) =>
    markerOf({
      time: clock.nowNanos() + BigInt(n),
      marker: 'line-undecodable',
      data: { n, text: 'x'.repeat(bytes) },
    })
}

test('by age, what is old and confirmed goes; what a sink waits for stays', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock, retention: { maxAgeMs: day } })
  const reader = await journal.reader('slow')
  await journal.append(Array.from({ length: 2499 }, (_, n) => make(n))) // and its beginning
  clock.stepWall(2 * day)
  await clock.advance(1_000)
  assert.equal((await journal.stats()).firstSeq, 1)
  const { lastSeq: anchor } = await journal.stats()
  assert.equal(anchor, 2501, 'set when it was looked at')
  const page = (await reader.read({ ...everything, entries: 2100 }))!
  await reader.commit(page)
  await clock.advance(1_000)
  assert.equal((await journal.stats()).firstSeq, 2101, 'in several slices')
  await reader.commit((await reader.read(everything))!)
  await clock.advance(1_000)
  const { entries, firstSeq, lastSeq } = await journal.stats()
  assert.deepEqual(
    { entries, firstSeq, lastSeq },
    { entries: 1, firstSeq: anchor, lastSeq: anchor },
  )
  const appended = await journal.append([make(1)])
  assert.equal(appended.entries[0]?.seq, anchor + 1, 'a place is never given twice')
})

test('by size, the oldest goes; a sink that had not got it is told by a gap of its own', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock, retention: { maxBytes: MIB } })
  const slow = await journal.reader('slow')
  const quick = await journal.reader('quick')
  for (let n = 1; n <= 100; n++) {
    await journal.append([make(n, 20_000)])
    const page = await quick.read(everything)
    if (page !== undefined) await quick.commit(page)
    await clock.settle()
  }
  assert.ok((await journal.stats()).bytes <= MIB)
  const [quickCursor, slowCursor] = await journal.cursors()
  assert.equal(quickCursor?.dropped, 0)
  assert.equal(quickCursor.delivered, 101, 'gaps of another sink are passed over')
  const page = (await slow.read(everything))!
  const gaps = page.entries.filter((entry) => entry.kind === 'gap')
  const kept = page.entries.filter((entry) => entry.kind === 'marker')
  assert.ok(gaps.length > 0)
  for (const gap of gaps) {
    assert.equal(gap.cause, 'sink-quota')
    assert.equal(gap.certainty, 'certain')
    assert.equal(gap.sink, 'slow')
    assert.ok(gap.from <= gap.to)
  }
  const told = gaps.reduce((sum, gap) => sum + gap.count!, 0)
  assert.equal(told + kept.length, 101, 'and the beginning')
  assert.equal(slowCursor?.pending, page.entries.length)
  assert.ok(slowCursor.dropped >= told)
  // A gap that was dropped itself is part of the next one, so the earliest need not come first.
  const [first] = gaps.map(({ from }) => from).sort((a, b) => Number(a - b))
  assert.equal(first, clock.nowNanos(), 'from the time of the first that is missing: the beginning')
  assert.equal(gaps.at(-1)?.to, kept[0]!.time - 1n, 'to the time of the last')
})

test('dead letters do not outlive the limit of size', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock, retention: { maxBytes: MIB } })
  const reader = await journal.reader('picky')
  for (let n = 1; n <= 100; n++) {
    await journal.append([make(n, 20_000)])
    const page = (await reader.read(everything))!
    const refused = page.entries.map(({ seq }) => ({ seq, reason: 'no' }))
    await reader.commit(page, refused)
    await clock.advance(1_000)
  }
  assert.ok((await journal.stats()).bytes <= MIB)
  const [cursor] = await journal.cursors()
  assert.ok(cursor!.dropped > 0)
  assert.equal(cursor!.deadLetters, (await Array.fromAsync(journal.deadLetters())).length)
})

test('an entry dated in the future holds back pruning by age until its time has come', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock, retention: { maxAgeMs: day } })
  const time = clock.nowNanos() + nanosFromMillis(3 * day)
  const ahead = markerOf({ time, marker: 'line-undecodable', data: {} })
  await journal.append([ahead, make(2)])
  const kept = async () =>
    (await Array.fromAsync(journal.entries({}))).map(({ seq }) => seq).sort((a, b) => a - b)
  clock.stepWall(2 * day)
  await clock.advance(1_000)
  assert.deepEqual(await kept(), [2, 3, 4], 'without the beginning, with an anchor')
  clock.stepWall(2.5 * day)
  await clock.advance(1_000)
  assert.deepEqual(await kept(), [])
})

test('a sink away for too long no longer holds back pruning by age, and is told by a gap', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock, retention: { maxAgeMs: day } })
  const reader = await journal.reader('away', 'end', { maxLagMs: 3 * day })
  await journal.reader('patient')
  await journal.append(Array.from({ length: 10 }, (_, n) => make(n)))
  const { firstSeq } = await journal.stats()
  clock.stepWall(2 * day)
  await clock.advance(1_000)
  assert.equal((await journal.stats()).firstSeq, firstSeq, 'both wait for it')
  await journal.forget('patient')
  clock.stepWall(2 * day)
  await clock.advance(1_000)
  const [cursor] = await journal.cursors()
  assert.equal(cursor?.maxLagMs, 3 * day)
  assert.ok(cursor.dropped >= 10)
  const { entries } = (await reader.read(everything))!
  const gaps = entries.filter((entry) => entry.kind === 'gap')
  assert.equal(gaps.length, 1)
  const { cause, certainty, sink, count } = gaps[0]!
  assert.deepEqual(
    { cause, certainty, sink },
    { cause: 'sink-quota', certainty: 'certain', sink: 'away' },
  )
  assert.equal(count, cursor.dropped)

  await journal.reader('away', 'end')
  assert.equal((await journal.cursors())[0]?.maxLagMs, undefined, 'a limit can be taken back')
})

test('a forgotten sink leaves a marker, and comes back as a new one', async () => {
  const clock = createManualClock()
  const make = makeAt(clock)
  await using journal = createMemoryJournal({ clock })
  const reader = await journal.reader('old', 'start')
  await journal.append([make(1), make(2)])
  const page = (await reader.read(everything))!
  await reader.commit(page, [{ seq: page.entries.at(-1)!.seq, reason: 'no' }])
  await journal.append([make(3)])
  clock.stepWall(1)
  assert.deepEqual(await journal.forget('old'), { pending: 1, deadLetters: 1 })
  await assert.rejects(journal.forget('old'), { code: 'usage', message: /knows no sink "old"/ })
  assert.deepEqual(await journal.cursors(), [])
  assert.deepEqual(await Array.fromAsync(journal.deadLetters()), [])
  const last = (await Array.fromAsync(journal.entries({ reverse: true })))[0]!
  assert.ok(last.kind === 'marker')
  assert.equal(last.marker, 'sink-forgotten')
  const { sink, pending, deadLetters } = last.data
  assert.deepEqual([sink, pending, deadLetters], ['old', 1, 1])
  const again = await journal.reader('old')
  assert.equal(await again.read(everything), undefined)
})
