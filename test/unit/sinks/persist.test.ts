import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delivery } from '../../../src/model/delivery.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import { persist, type PersistParts } from '../../../src/sinks/persist.ts'
import { plainRecord } from '../../support/entries.ts'

const entries = (count: number, from = 1): Sequenced[] =>
  Array.from({ length: count }, (_, at) => ({ ...plainRecord(from + at), seq: from + at }))

const delivered: Delivery = { status: 'delivered' }
const failure = (message = 'away'): Delivery => ({ status: 'retry', cause: new Error(message) })

/** Persists, and tells how it went; gives up after 200 tries. */
async function told(
  batch: readonly Sequenced[],
  answer: (seqs: readonly number[], tries: number) => Delivery,
  parts: Partial<PersistParts> = {},
) {
  const tries: number[][] = []
  let pauses = 0
  const refused = await persist(batch, {
    careful: false,
    async attempt(some) {
      const seqs = some.map(({ seq }) => seq)
      tries.push(seqs)
      if (tries.length > 200) throw new Error('given up')
      return answer(seqs, tries.length)
    },
    pause: async () => void pauses++,
    isUndecided: () => false,
    beyond: async () => [],
    ...parts,
  }).catch((error: Error) => error.message)
  return { refused, tries, pauses, sizes: tries.map(({ length }) => length) }
}

describe('a sink that was away', () => {
  test('is asked with a few entries, with fewer each time, then with twice as many', async () => {
    const { sizes, tries, refused } = await told(entries(500), (_, n) =>
      n <= 4 ? failure() : delivered,
    )
    assert.deepEqual(sizes, [500, 10, 5, 2, 1, 2, 4, 8, 16, 32, 64, 128, 245])
    assert.deepEqual(tries.slice(4).flat(), tries[0], 'in order, each once')
    assert.deepEqual(refused, [])
  })

  test('is asked with a few entries also where it failed before this batch', async () => {
    const { sizes } = await told(entries(100), () => delivered, { careful: true })
    assert.deepEqual(sizes, [10, 20, 40, 30])
  })

  test('is asked with the same batch while that is still on its way', async () => {
    const { sizes } = await told(entries(500), (_, n) => (n <= 4 ? failure() : delivered), {
      isUndecided: () => true,
    })
    assert.deepEqual(sizes, [500, 500, 500, 500, 500])
  })
})

describe('an entry that makes the sink fail', () => {
  const hangsAt = (bad: number) => (seqs: readonly number[]) =>
    seqs.includes(bad) ? failure('took longer than 30 s') : delivered

  test('is refused, with the reason, once others are taken beside it', async () => {
    const { refused, tries, pauses } = await told(entries(500), hangsAt(300))
    assert.deepEqual(refused, [
      {
        seq: 300,
        reason: 'took longer than 30 s (failed 11 times alone, while others were taken)',
      },
    ])
    assert.ok(pauses < 32, `${pauses} pauses`)
    const taken = tries.filter((seqs) => !seqs.includes(300)).flat()
    assert.deepEqual(
      taken.sort((a, b) => a - b),
      entries(500)
        .map(({ seq }) => seq)
        .filter((seq) => seq !== 300),
    )
  })

  test('is tried beside one from further on where it is the last of its batch', async () => {
    const { refused, tries } = await told(entries(1), hangsAt(1), {
      beyond: async () => entries(3, 2),
    })
    assert.equal(refused.length, 1)
    assert.deepEqual(tries.slice(-9).flat(), [1, 2, 1, 1, 3, 1, 1, 4, 1])
  })

  test('waits where nothing tells it from a sink that is away', async () => {
    assert.equal((await told(entries(1), hangsAt(1))).refused, 'given up')
    const away = await told(entries(3), () => failure())
    assert.equal(away.refused, 'given up')
  })

  test('is not blamed for what the sink says of itself', async () => {
    const overloaded = (seqs: readonly number[]): Delivery =>
      seqs.includes(2) ? { status: 'retry', cause: new Error('429'), blame: 'sink' } : delivered
    assert.equal((await told(entries(3), overloaded)).refused, 'given up')
  })

  test('is delivered when it is taken the second time', async () => {
    const { refused, tries } = await told(entries(2), (seqs, n) =>
      n < 10 && seqs.includes(1) ? failure() : delivered,
    )
    assert.deepEqual(refused, [])
    assert.deepEqual(tries.slice(-3), [[1], [2], [1]], 'the last try is the one beside another')
  })

  test('is not blamed where the sink comes and goes', async () => {
    const { refused, tries } = await told(
      entries(1),
      (seqs, n) => (n < 11 && seqs.includes(1) ? failure() : delivered),
      { beyond: async () => entries(3, 2) },
    )
    assert.deepEqual(refused, [])
    assert.deepEqual(tries.slice(-6).flat(), [1, 2, 1, 1, 3, 1])
  })

  test('is found among neighbours that are as bad', async () => {
    const bad = new Set([3, 4, 5])
    const { refused } = await told(
      entries(9),
      (seqs) => (seqs.some((seq) => bad.has(seq)) ? failure() : delivered),
      { beyond: async () => entries(3, 10) },
    )
    assert.deepEqual(
      typeof refused === 'string' ? refused : refused.map(({ seq }) => seq),
      [3, 4, 5],
    )
  })
})

test('one the sink wants again is sent again alone, and says why', async () => {
  const causes: string[] = []
  const cause = new Error('shard 3 is busy')
  const { tries } = await told(
    entries(4),
    (_, n) => (n === 1 ? { status: 'partial', retry: [2], refused: [], cause } : delivered),
    { pause: async (why) => void causes.push(why.cause.message) },
  )
  assert.deepEqual(tries, [[1, 2, 3, 4], [2]])
  assert.deepEqual(causes, ['shard 3 is busy'])
})
