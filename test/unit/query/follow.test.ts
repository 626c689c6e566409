import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalStats } from '../../../src/journal/journal.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { followJournal, type Followed } from '../../../src/query/follow.ts'
import { plainRecord } from '../../support/entries.ts'
import { createManualClock } from '../../support/manual-clock.ts'

/** A journal that is written and pruned as the test says. */
function createPlaces() {
  const held = new Map<number, Sequenced>()
  const bounds = { firstSeq: 1, lastSeq: 0 }
  return {
    /** What `successor` answers, or throws. */
    next: undefined as (Followed & AsyncDisposable) | Error | undefined,
    /** What every question answers, where it is one. */
    broken: undefined as Error | undefined,
    closed: 0,
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
    stats() {
      if (this.broken !== undefined) return Promise.reject(this.broken)
      return Promise.resolve({ ...bounds } as JournalStats)
    },
    successor() {
      if (this.next instanceof Error) return Promise.reject(this.next)
      return Promise.resolve(this.next)
    },
    [Symbol.asyncDispose]() {
      this.closed += 1
      return Promise.resolve()
    },
    find: (seqs: readonly number[]) => Promise.resolve(seqs.flatMap((seq) => held.get(seq) ?? [])),
  }
}

function following(after = 0) {
  const places = createPlaces()
  const clock = createManualClock()
  const controller = new AbortController()
  const [told, missed]: [number[], number[]] = [[], []]
  const words: string[] = []
  const onUnreadable = (error: unknown): void => void words.push(String(error))
  const onReplaced = (): void => void words.push('replaced')
  const onMissed = (count: number): void => void missed.push(count)
  const { signal } = controller
  const done = (async () => {
    const options = { after, clock, signal, onMissed, onUnreadable, onReplaced }
    for await (const { seq } of followJournal(places, options)) told.push(seq)
  })()
  return { places, clock, told, missed, words, end: () => controller.abort(), done }
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
  assert.deepEqual(missed, [5])
  end()
  await done
})

test('a journal that takes its place is gone on with, from its first entry, behind all of the one before', async () => {
  const { places, clock, told, words, end, done } = following()
  places.append(2)
  await clock.advance(250)
  const [second, third] = [createPlaces(), createPlaces()]
  second.append(3)
  let looks = 0
  Object.defineProperty(places, 'next', {
    get() {
      if (looks++ === 0) places.append(1) // at the last moment
      return second
    },
  })
  await clock.advance(250)
  assert.deepEqual(told, [1, 2, 3, 1, 2, 3])
  second.next = third
  await clock.advance(250)
  third.append(1)
  await clock.advance(250)
  assert.deepEqual(told, [1, 2, 3, 1, 2, 3, 1])
  assert.deepEqual(words, ['replaced', 'replaced'])
  end()
  await done
  assert.deepEqual([places.closed, second.closed, third.closed], [0, 1, 1])
})

test('one that is just being made is waited for; one that can not be opened ends it', async () => {
  const { places, clock, told, end, done } = following()
  places.next = new Error('not yet')
  await clock.advance(1_000)
  const second = createPlaces()
  second.append(1)
  places.next = second
  await clock.advance(250)
  assert.deepEqual(told, [1])
  end()
  await done

  const other = following()
  other.places.next = new Error('permission denied')
  const failed = assert.rejects(other.done, /permission denied/)
  await other.clock.advance(60_000)
  await failed
})

test('what could not be opened for a while and then was there is forgotten', async () => {
  const { places, clock, told, end, done } = following()
  for (let round = 0; round < 3; round++) {
    places.next = new Error('not yet')
    await clock.advance(4_000)
    places.next = undefined
    await clock.advance(1_000)
  }
  places.append(1)
  await clock.advance(250)
  assert.deepEqual(told, [1])
  end()
  await done
})

test('one that can not be read is told of once, and waited for', async () => {
  const { places, clock, told, words, end, done } = following()
  places.broken = new Error('malformed')
  await clock.advance(1_000)
  assert.deepEqual(words, ['Error: malformed'])
  places.append(1)
  places.broken = undefined
  await clock.advance(250)
  places.broken = new Error('malformed again')
  await clock.advance(250)
  const second = createPlaces()
  second.append(1)
  places.next = second
  await clock.advance(250)
  assert.deepEqual(told, [1, 1])
  assert.deepEqual(words, ['Error: malformed', 'Error: malformed again', 'replaced'])
  end()
  await done
})
