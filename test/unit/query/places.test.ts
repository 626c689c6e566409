import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireFilter as parseFilter } from '../../../src/filter/compile.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import { findEvents } from '../../../src/query/events.ts'
import { seqBefore } from '../../../src/query/places.ts'
import { plainRecord, START_NANOS } from '../../support/entries.ts'
import { createHarness } from '../../support/journal/harness.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { record } from '../../support/records.ts'

const second = (n: number): bigint => START_NANOS + BigInt(n) * 1_000_000_000n

/** Entries in this order, behind the journal's first; each happened so many seconds after the start. */
async function journalOf(...seconds: readonly number[]) {
  const clock = createManualClock()
  clock.stepWall(-1000)
  const journal = createMemoryJournal({ clock })
  await journal.append(seconds.map((n) => plainRecord(n)))
  return journal
}

test('the place before a time leaves nothing younger out, though entries come out of order', async () => {
  await using journal = await journalOf(1, 4, 2, 3, 5)
  // Place 3 happened at 4 s, before the entry of place 5 at 3 s: a rewind to 3 s begins before it.
  assert.equal(await seqBefore(journal, second(3)), 2)
  assert.equal(await seqBefore(journal, second(5)), 5)
  assert.equal(await seqBefore(journal, second(0)), 1)
  assert.equal(await seqBefore(journal, second(9)), 6, 'nothing is that young: the end')
})

test('events: filtered, limited, and read no further than asked', async () => {
  await using journal = await journalOf(1, 2, 3, 4, 5, 6)
  const seqs = async (query: Parameters<typeof findEvents>[1]): Promise<number[]> =>
    (await Array.fromAsync(findEvents(journal, query))).map(({ seq }) => seq)
  const even = (entry: { readonly time: bigint }): boolean =>
    ((entry.time - START_NANOS) / 1_000_000_000n) % 2n === 0n
  assert.deepEqual(await seqs({}), [1, 2, 3, 4, 5, 6, 7])
  assert.deepEqual(await seqs({ accepts: even }), [3, 5, 7])
  assert.deepEqual(await seqs({ accepts: even, limit: 2 }), [3, 5])
  assert.deepEqual(await seqs({ accepts: even, limit: 1, reverse: true }), [7])
  assert.deepEqual(await seqs({ limit: 0 }), [])
  assert.deepEqual(await seqs({ from: second(2), to: second(4) }), [3, 4, 5])
  const filter = parseFilter('kind:record since:3s', second(6))
  assert.deepEqual(await seqs({ filter, now: second(6) }), [4, 5, 6, 7])
  assert.deepEqual(await seqs({ filter, now: second(6), accepts: even, limit: 1 }), [5])
  const looked: number[] = []
  await seqs({ filter: parseFilter('name:a*'), onLooked: (at) => void looked.push(at) })
  assert.equal(looked.length, 0, 'it was one look')
  await seqs({ accepts: () => false, onLooked: (at) => void looked.push(at) })
  assert.deepEqual(looked, [7])
  const wrong = findEvents(journal, { filter: parseFilter('since:3s', second(6)) })
  await assert.rejects(Array.fromAsync(wrong), { code: 'usage', message: /stands for long/ })
})

test("what is damaged is told where a filter asks for gaps, and is in no other question's way", async () => {
  let corrupt = (): void => undefined
  const harness = createHarness({}, (_core, db) => {
    corrupt = () => {
      db.exec(`UPDATE entries SET body = replace(body, 'web', 'wex') WHERE seq = 2`)
      db.exec(`UPDATE entries SET body = substr(body, 2) WHERE seq = 3`)
    }
  })
  try {
    const { journal } = harness
    const names = ['db', 'web', 'web', 'web']
    await journal.append(names.map((name, at) => record('die', { at, attributes: { name } })))
    corrupt()
    const seqs = async (text: string, reverse = false): Promise<number[]> => {
      const filter = parseFilter(text)
      const found = findEvents(journal, { filter, reverse })
      return (await Array.fromAsync(found)).map(({ seq }) => seq)
    }
    assert.deepEqual(await seqs('name:web'), [4])
    assert.deepEqual(await seqs('action:die', true), [4, 1])
    assert.deepEqual(await seqs('cause:journal-damage'), [2, 3])
    assert.deepEqual(await seqs('NOT name:web'), [1, 2, 3])
    assert.deepEqual(await seqs('name:wex'), [], 'what was changed is not believed')
  } finally {
    await harness.close()
  }
})
