import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import type { SinkQuestion } from '../../src/query/verify-sink.ts'
import { exportTrail } from '../../src/query/export-trail.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { documentChange } from '../support/tamper/document-changes.ts'
import { lineChange } from '../support/tamper/line-changes.ts'
import { assertFirst } from '../support/tamper/matches.ts'
import { cleverChange, plainChange } from '../support/tamper/sql-changes.ts'
import {
  SINK,
  isRecord,
  makeTrail,
  type TamperedTrail,
  type TrailSpec,
} from '../support/tamper/trail.ts'
import {
  brokenFileVerifiers,
  brokenJournalVerifiers,
  brokenSinkVerifiers,
  verifier,
  type Verifier,
} from '../support/tamper/verifier.ts'
import { receivedLines } from '../support/tamper/witness.ts'

const spec: fc.Arbitrary<TrailSpec> = fc.record({
  entries: fc.integer({ min: 3, max: 40 }),
  anchorEvery: fc.integer({ min: 2, max: 15 }),
  pruned: fc.oneof(fc.constant(0), fc.nat({ max: 20 })),
  confirmed: fc.oneof(fc.constant(1), fc.double({ min: 0.3, max: 1, noNaN: true })),
  isFiltered: fc.boolean(),
  refuses: fc.constantFrom(0, 0, 5),
})
const pick = fc.nat({ max: 10_000 })

async function questionTo(
  { journal }: TamperedTrail,
  { isFiltered }: TrailSpec,
  lines: readonly string[],
): Promise<SinkQuestion> {
  const cursor = (await journal.cursors()).find(({ sink }) => sink === SINK)!
  const letters = await Array.fromAsync(journal.deadLetters(SINK))
  return {
    trail: journal,
    cursor,
    received: receivedLines(lines),
    deadLetters: new Set(letters.map(({ seq }) => seq)),
    ...(isFiltered ? { accepts: isRecord } : {}),
  }
}

const seqOf = (line: string): number =>
  (JSON.parse(line) as { event: { sequence: number } }).event.sequence

const exported = (trail: TamperedTrail): Promise<string[]> =>
  Array.fromAsync(exportTrail(trail.journal, {}))

/** A change beside the agent, by one who does not know the chain: found in the journal alone. */
const findsChanges = (verify: Verifier) =>
  fc.asyncProperty(spec, plainChange, pick, pick, async (spec, change, a, b) => {
    await using trail = await makeTrail(spec)
    const { first, last } = trail
    const place = (at: number): number => first + (at % (last - first + 1))
    const expected = change.make(trail, place(a), place(b))
    if (expected === undefined) return
    assertFirst((await verify.journal(trail.journal)).breaks, expected)
  })

/** By one who knows it: found by what a sink was given, from the first such document on. */
const findsCleverChanges = (verify: Verifier) =>
  fc.asyncProperty(spec, cleverChange, pick, pick, async (spec, change, a, b) => {
    await using trail = await makeTrail(spec)
    const given = trail.lines.map(seqOf).filter((seq) => seq >= trail.first)
    if (given.length === 0) return
    const place = (at: number): number =>
      trail.first + (at % (Math.max(...given) - trail.first + 1))
    const expected = change.make(trail, place(a), place(b))
    if (expected === undefined) return
    const witnesses = given.filter((seq) => seq >= expected.seq)
    const { breaks, proven } = await verify.sink(await questionTo(trail, spec, trail.lines))
    const [found] = breaks
    assert.ok(found !== undefined, 'it was not found')
    assert.equal(found.where, 'trail')
    // An edited text may be none any more: the length of the engine's line stands before it.
    assert.ok(['recomputed', 'cut-off', 'changed'].includes(found.kind), found.kind)
    assert.ok(found.seq >= expected.seq && found.seq <= Math.min(...witnesses), `${found.seq}`)
    assert.ok((proven?.to ?? 0) < expected.seq, 'nothing changed is said to be proven')
  })

/** A change of what the sink has. */
const findsChangedDocuments = (verify: Verifier) =>
  fc.asyncProperty(spec, documentChange, pick, async (spec, change, at) => {
    await using trail = await makeTrail(spec)
    const kept = trail.lines.filter((line) => seqOf(line) >= trail.first)
    if (kept.length < 2) return
    const target = kept[at % kept.length]!
    const index = trail.lines.indexOf(target)
    const lines = change.make(trail.lines, index)
    const { breaks } = await verify.sink(await questionTo(trail, spec, lines))
    assert.ok(breaks[0] !== undefined, 'it was not found')
    assert.equal(breaks[0].seq, seqOf(target))
    // Of the last one it can't be known who is right about the hash.
    if (seqOf(target) < seqOf(kept.at(-1)!)) {
      assert.deepEqual([breaks[0].where, breaks[0].kind], ['sink', change.kind])
    }
  })

/** Any change of an exported file, computed anew or not: the last line tells. */
const findsChangedFiles = (verify: Verifier) =>
  fc.asyncProperty(spec, lineChange, pick, pick, async (spec, change, a, b) => {
    await using trail = await makeTrail(spec)
    const lines = await exported(trail)
    const changed = change.make(lines, a % lines.length, b % lines.length)
    if (changed === undefined || changed.join('') === lines.join('')) return
    const { breakCount } = await verify.file(changed)
    assert.ok(breakCount > 0, 'it was not found')
  })

/** What nobody touched is sound, in whatever order, however often it was delivered, beside others' documents. */
const neverCriesWolf = (verify: Verifier) =>
  fc.asyncProperty(spec, fc.array(pick, { maxLength: 5 }), async (spec, again) => {
    await using trail = await makeTrail(spec)
    const { lines } = trail
    const ofJournal = await verify.journal(trail.journal)
    assert.deepEqual(ofJournal.breaks, [])
    assert.deepEqual(ofJournal.proven, [{ from: trail.first, to: trail.last }])

    const repeated = lines.length === 0 ? [] : again.map((at) => lines[at % lines.length]!)
    const foreign = lines.slice(0, 3).map((line) => line.replace(/"epoch":"\w+"/g, '"epoch":"e"'))
    const order = [...foreign, ...repeated, ...lines.toReversed()]
    for (const given of [lines, order]) {
      const ofSink = await verify.sink(await questionTo(trail, spec, given))
      assert.deepEqual(ofSink.breaks, [])
      assert.equal(ofSink.documents, ofSink.agreed + ofSink.repeated + ofSink.pruned)
    }

    const ofFile = await verify.file(await exported(trail))
    assert.deepEqual(ofFile.breaks, [])
    assert.equal(ofFile.head, ofJournal.head)
    assert.equal(ofFile.entries, trail.last - trail.first + 1)
  })

suite('P10 tamper-evident', () => {
  test('a change in the journal is found, in its place', async () => {
    await fc.assert(findsChanges(verifier), runs(300))
  })

  test('a change that computes the hashes anew is found by what a sink was given', async () => {
    await fc.assert(findsCleverChanges(verifier), runs(200))
  })

  test('a change in a sink is found', async () => {
    await fc.assert(findsChangedDocuments(verifier), runs(200))
  })

  test('a change in an exported file is found', async () => {
    await fc.assert(findsChangedFiles(verifier), runs(300))
  })

  test('what nobody touched is sound', async () => {
    await fc.assert(neverCriesWolf(verifier), runs(200))
  })
})

/** Each bug must be found by one of the properties: `Promise.any` of what they catch. */
async function assertCaughtByOne(properties: readonly fc.IAsyncProperty<unknown>[]): Promise<void> {
  const errors: unknown[] = []
  for (const property of properties) {
    try {
      await assertCaught(property, 300)
      return
    } catch (thrown) {
      errors.push(thrown)
    }
  }
  throw new AggregateError(errors, 'none of the properties finds it')
}

for (const [bug, broken] of Object.entries(brokenJournalVerifiers)) {
  test(`the planted bug is found: ${bug}`, () =>
    assertCaughtByOne([findsChanges(broken), neverCriesWolf(broken)]))
}

for (const [bug, broken] of Object.entries(brokenSinkVerifiers)) {
  test(`the planted bug is found: ${bug}`, () =>
    assertCaughtByOne([
      findsCleverChanges(broken),
      findsChangedDocuments(broken),
      neverCriesWolf(broken),
    ]))
}

for (const [bug, broken] of Object.entries(brokenFileVerifiers)) {
  test(`the planted bug is found: ${bug}`, () =>
    assertCaughtByOne([findsChangedFiles(broken), neverCriesWolf(broken)]))
}
