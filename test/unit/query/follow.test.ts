import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalStats } from '../../../src/journal/journal.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { followJournal } from '../../../src/query/follow.ts'
import { plainRecord } from '../../support/entries.ts'
import { createManualClock } from '../../support/manual-clock.ts'

/** A journal that is written and pruned as the test says. */
function createPlaces() {
  const held = new Map<number, Sequenced>()
  const bounds = { firstSeq: 1, lastSeq: 0 }
  return {
    append(count: number): void {
      for (let left = count; left > 0; left--) {
        bounds.lastSeq += 1
        held.set(bounds.lastSeq, { ...plainRecord(bounds.lastSeq), seq: bounds.lastSeq })
      }
    },
    prune(to: number): void {
      for (let seq = bounds.firstSeq; seq <= to; seq++) held.delete(seq)
      bounds.firstSeq = to + 1
    },
    /** As damage does. */
    lose: (seq: number): void => void held.delete(seq),
    stats: () => Promise.resolve({ ...bounds } as JournalStats),
    find: (seqs: readonly number[]) => Promise.resolve(seqs.flatMap((seq) => held.get(seq) ?? [])),
  }
}

function following(after = 0) {
  const places = createPlaces()
  const clock = createManualClock()
  const controller = new AbortController()
  const [told, missed]: [number[], number[]] = [[], []]
  const onMissed = (count: number): void => void missed.push(count)
  const { signal } = controller
  const done = (async () => {
    for await (const { seq } of followJournal(places, { after, clock, signal, onMissed })) {
      told.push(seq)
    }
  })()
  return { places, clock, told, missed, end: () => controller.abort(), done }
}

test('what is appended is told in its order, each once, until it is ended', async () => {
  const { places, clock, told, end, done } = following(2)
  places.append(3)
  await clock.advance(250)
  assert.deepEqual(told, [3])
  places.append(450)
  await clock.advance(250)
  assert.deepEqual(
    told,
    Array.from({ length: 451 }, (_, at) => at + 3),
  )
  end()
  await done
  assert.equal(clock.pending, 0)
})

test('what was pruned before it was come to is counted, and so is what can not be read', async () => {
  const { places, clock, told, missed, end, done } = following()
  places.append(5)
  await clock.advance(250)
  places.append(10)
  places.prune(9)
  places.lose(12)
  await clock.advance(250)
  assert.deepEqual(told, [1, 2, 3, 4, 5, 10, 11, 13, 14, 15])
  assert.deepEqual(missed, [4, 1])
  end()
  await done
})
