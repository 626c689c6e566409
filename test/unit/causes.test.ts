import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesPage } from '../../scripts/docs/causes.ts'
import { compare, type Compared } from '../support/causes/confusion.ts'
import { causeFixtures, readCauseFixture, readEngineEnds } from '../support/causes/fixtures.ts'
import { entriesOf, toldOf } from '../support/causes/told.ts'

function assertNeverWrong(compared: readonly Compared[]): void {
  const bad = compared.filter(({ verdict }) => verdict === 'wrong' || verdict === 'missed')
  const lines = bad.map(({ container, run, truth, told }) => `${container} #${run}: ${truth}, told as ${told}`) // prettier-ignore
  assert.deepEqual(lines, [])
}

for (const engine of causeFixtures) {
  test(`${engine}: each cause is told right, or unknown where the engine gives no evidence`, async () => {
    const { containers } = readCauseFixture(engine)
    const compared = compare(containers, toldOf(await entriesOf(engine)))
    assert.ok(compared.length > 1_000)
    assertNeverWrong(compared)
  })

  const ends = readEngineEnds(engine)
  if (ends === undefined) continue

  test(`${engine}: its own end is told as the cause of those that ended with it, and of no others`, () => {
    assertNeverWrong(compare(ends.containers, toldOf(ends.entries)))
  })
}

test('docs/causes.md has the tables of today (cure: node scripts/generate-docs.ts)', async () => {
  const { is, wanted } = await causesPage()
  assert.equal(is, wanted)
})
