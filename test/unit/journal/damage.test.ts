import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHarness } from '../../support/journal/harness.ts'
import { numbered } from '../../support/journal/numbered.ts'
import { unsealed } from '../../support/journal/unsealed.ts'

const everything = { entries: 1000, bytes: 1e9 }

test('a changed entry is never given out: a gap stands in its place, and is counted', async () => {
  let corrupt = (): void => undefined
  const harness = createHarness({}, (_core, db) => {
    corrupt = () =>
      db.exec(`UPDATE entries SET body = replace(body, '"number":2', '"number":7') WHERE seq = 2`)
  })
  try {
    const { journal } = harness
    const reader = await journal.reader('sink', 'start')
    await journal.append([numbered(1), numbered(2), numbered(3)])
    corrupt()
    const { time } = numbered(2)
    const page = (await reader.read(everything))!
    const [first, gap, third] = page.entries
    const sound = [first!, third!]
    assert.deepEqual(unsealed(sound), [
      { ...numbered(1), seq: 1 },
      { ...numbered(3), seq: 3 },
    ])
    assert.equal(gap?.seal, undefined, 'what is not sound has no seal')
    assert.ok(gap?.kind === 'gap')
    const { cause, certainty, count, from, to, seq } = gap
    assert.deepEqual(
      { cause, certainty, count, from, to, seq },
      { cause: 'journal-damage', certainty: 'certain', count: 1, from: time, to: time, seq: 2 },
    )
    const listed = await Array.fromAsync(journal.entries({}))
    assert.deepEqual(listed[1], gap)
    assert.equal((await journal.stats()).damaged, 2)
    assert.equal(await reader.commit(page, [{ seq: 2, reason: 'no gaps, please' }]), true)
    const [letter] = await Array.fromAsync(journal.deadLetters())
    assert.deepEqual({ ...letter?.entry, seq: 2 }, gap, 'nor is it among the dead letters')
    assert.deepEqual(harness.chainFault(), { seq: 2, reason: 'changed' })
  } finally {
    await harness.close()
  }
})
