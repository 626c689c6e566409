import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { GENESIS, createChainHash } from '../../../src/journal/chain.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import { openJournal } from '../../../src/journal/open.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Marker, Sequenced } from '../../../src/model/entry.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'
import { numbered } from '../../support/journal/numbered.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const everything = { entries: 10_000, bytes: 1e9 }
const minute = 60_000
const numbers = (from: number, to: number): Marker[] =>
  Array.from({ length: to - from + 1 }, (_, at) => numbered(from + at))

/** What a sink would get, from the start. */
async function delivered(journal: Journal): Promise<readonly Sequenced[]> {
  const page = await (await journal.reader('from-the-start', 'start')).read(everything)
  return page?.entries ?? []
}

const isAnchor = (entry: Sequenced): entry is Sequenced<Marker> =>
  entry.kind === 'marker' && entry.marker === 'anchor'

const anchorsOf = async (journal: Journal): Promise<Sequenced<Marker>[]> =>
  (await delivered(journal)).filter(isAnchor)

test('every entry a sink gets has its hash, and an anchor names the one before it', async () => {
  const clock = createManualClock()
  await using journal = createMemoryJournal({ clock, anchors: { entries: 4, everyMs: minute } })
  const told: Sequenced[] = []
  journal.appended$.subscribe(({ entries }) => void told.push(...entries))
  await Promise.all([journal.append(numbers(1, 3)), journal.append(numbers(4, 11))])
  const entries = await delivered(journal)
  assert.deepEqual(
    entries.map((entry) => (entry.kind === 'marker' ? entry.marker : '')),
    ['journal-begun', ...Array.from({ length: 11 }, () => 'line-undecodable'), 'anchor'],
  )
  const chainHash = createChainHash()
  let last: Uint8Array = GENESIS
  for (const entry of entries) {
    last = chainHash(last, entry.seq, encodeEntry(entry))
    assert.equal(entry.seal?.hash, Buffer.from(last).toString('hex'))
  }
  const [begun] = entries
  const anchor = entries.at(-1)!
  assert.ok(begun?.kind === 'marker' && anchor.kind === 'marker')
  assert.deepEqual(begun.data, { epoch: begun.seal?.epoch })
  const before = entries.at(-2)!
  assert.deepEqual(anchor.data, { epoch: begun.data['epoch'], seq: 12, hash: before.seal?.hash })
  assert.deepEqual(
    told.map(({ seq }) => seq),
    entries.slice(1).map(({ seq }) => seq),
  )
})

test('by time there is an anchor where something was recorded since, and only there', async () => {
  const clock = createManualClock()
  const anchors = { entries: 1000, everyMs: 15 * minute }
  await using journal = createMemoryJournal({ clock, anchors })
  const count = async (): Promise<number> => (await anchorsOf(journal)).length
  await clock.advance(20 * minute)
  assert.equal(await count(), 0, 'nothing was recorded')
  await journal.append(numbers(1, 2))
  await clock.advance(1_000)
  assert.equal(await count(), 1, 'the last one is long ago')
  await journal.append(numbers(3, 4))
  await clock.advance(14 * minute)
  assert.equal(await count(), 1)
  await clock.advance(minute)
  assert.equal(await count(), 2)
  await clock.advance(60 * minute)
  assert.equal(await count(), 2, 'an anchor needs no anchor')
  await journal.append(numbers(5, 5))
  clock.stepWall(-180 * minute)
  await clock.advance(1_000)
  assert.equal(await count(), 3, 'a clock that was set back stops none')
})

test('asked for one, a journal sets it unless nothing was appended since the last', async () => {
  await using journal = createMemoryJournal()
  await journal.anchor()
  assert.deepEqual(await anchorsOf(journal), [], 'its beginning is as good as one')
  await journal.append(numbers(1, 1))
  await journal.anchor()
  await journal.anchor()
  assert.deepEqual(
    (await anchorsOf(journal)).map(({ seq, data }) => [seq, data['seq']]),
    [[3, 2]],
  )
})

test('a rule that sets no anchor is refused', () => {
  for (const anchors of [
    { entries: 0, everyMs: 1 },
    { entries: 1, everyMs: 0 },
  ])
    assert.throws(() => createMemoryJournal({ anchors }), { code: 'config-invalid' })
})

test('a journal that takes the place of a damaged one names its end, where that can be read', async (t) => {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  const open = () => openJournal({ dir: folder.path, onFatal: (error) => assert.fail(error) })
  const first = await open()
  await first.append(numbers(1, 5))
  await first.anchor()
  await first.append(numbers(6, 6))
  await first.anchor()
  const entries = await delivered(first)
  await first[Symbol.asyncDispose]()
  const file = join(folder.path, 'journal.db')
  writeFileSync(file, readFileSync(file).fill(0, 0, 4096)) // SQLite can make nothing of the rest

  await using second = await open()
  const [begun] = await delivered(second)
  assert.ok(begun?.kind === 'marker')
  const { reason, kept, ...link } = begun.data
  const last = entries.at(-2)!.seal!
  assert.deepEqual(link, {
    epoch: begun.seal?.epoch,
    previousEpoch: last.epoch,
    previousSeq: 8,
    previousHash: last.hash,
  })
  assert.notEqual(begun.seal?.epoch, last.epoch)
  assert.match(`${reason} ${kept}`, /not a database .*damaged-/)
})
