import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Journal } from '../../../src/journal/journal.ts'
import { openJournal } from '../../../src/journal/open.ts'
import type { Retention } from '../../../src/journal/retention.ts'
import type { AuditorError } from '../../../src/model/errors.ts'
import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { eventually } from '../../support/eventually.ts'
import { reasonToSkip } from '../../support/peers.ts'
import { mountSmallDisk, smallDisk, type SmallDisk } from '../../support/small-disk.ts'

const skip = await reasonToSkip(smallDisk)
const MIB = 1024 * 1024
const everything = { entries: 100, bytes: 1e9 }

function open(disk: SmallDisk, retention: Retention = {}): Promise<Journal> {
  return openJournal({
    dir: join(disk.path, 'data'),
    retention,
    onFatal(error) {
      throw error
    },
  })
}

const reserve = (disk: SmallDisk): string => join(disk.path, 'data', 'journal.reserve')

const reserveStands = (disk: SmallDisk): Promise<true> =>
  eventually('the reserve stands', async () =>
    existsSync(reserve(disk)) && statSync(reserve(disk)).size > 8 * MIB ? true : undefined,
  )

let made = 0
const entries = (count: number): Entry[] =>
  Array.from({ length: count }, () =>
    markerOf({
      time: 1_700_000_000_000_000_000n + BigInt(made),
      marker: 'line-undecodable',
      data: { number: (made += 1), text: 'x'.repeat(1000) },
    }),
  )

/** Appends until the disk is full; answers how many entries are promised. */
async function appendUntilFull(journal: Journal): Promise<number> {
  for (let promised = 0; ; promised += 100) {
    try {
      await journal.append(entries(100))
    } catch (thrown) {
      assert.equal((thrown as AuditorError).code, 'journal-full')
      return promised
    }
  }
}

/** The same one each time: what was refused as the disk was freed may be there all the same. */
function appends(journal: Journal): Promise<true> {
  const one = entries(1)
  return eventually('entries are let in again', () =>
    journal.append(one).then(
      () => true as const,
      () => undefined,
    ),
  )
}

test(
  'on a full disk cursors go on, entries are refused, and all goes on when there is room',
  { skip },
  async (t) => {
    const disk = await mountSmallDisk(t, 48)
    await using journal = await open(disk)
    const reader = await journal.reader('slow', 'start')
    await reserveStands(disk)
    await disk.fill(10 * MIB)
    const promised = await appendUntilFull(journal)
    await disk.fill()
    assert.equal(disk.freeBytes(), 0)
    await assert.rejects(journal.append(entries(1)), {
      code: 'journal-full',
      message: /the disk is full; free space there, or choose another place/,
    })

    let read = 0
    for (let page = await reader.read(everything); page; page = await reader.read(everything)) {
      assert.equal(await reader.commit(page), true)
      read += page.entries.length
      await disk.fill() // whatever is given up is taken
    }
    assert.ok(promised > 0)
    assert.equal(read, promised + 1, 'and its beginning')

    disk.free()
    await appends(journal)
    await reserveStands(disk)
    // What was refused may be there all the same.
    const { lastSeq } = await journal.stats()
    assert.ok(lastSeq === promised + 2 || lastSeq === promised + 3, `${lastSeq} of ${promised}`)
  },
)

test(
  'what no sink waits for makes place on a full disk; what one waits for stays',
  { skip },
  async (t) => {
    const disk = await mountSmallDisk(t, 48)
    await using journal = await open(disk)
    const reader = await journal.reader('sink', 'start')
    await reserveStands(disk)
    await disk.fill(10 * MIB)
    await appendUntilFull(journal)
    await disk.fill()
    const before = await journal.stats()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    assert.equal((await journal.stats()).firstSeq, before.firstSeq, 'the sink waits for it')
    for (let page = await reader.read(everything); page; page = await reader.read(everything)) {
      await reader.commit(page)
    }
    await appends(journal)
    const after = await journal.stats()
    assert.ok(after.firstSeq > before.firstSeq)
    const [cursor] = await journal.cursors()
    assert.equal(cursor?.dropped, 0)
  },
)

test('a journal is opened on a full disk with the room of its reserve', { skip }, async (t) => {
  const disk = await mountSmallDisk(t, 48)
  const first = await open(disk)
  await first.append(entries(100))
  await reserveStands(disk)
  await first[Symbol.asyncDispose]()
  await disk.fill()
  assert.equal(disk.freeBytes(), 0)
  await using journal = await open(disk)
  await journal.reader('new sink', 'start')
  assert.equal((await journal.stats()).entries, 101)
})

test(
  'without a reserve there is one line with the cure, and nothing is left half made',
  { skip },
  async (t) => {
    const disk = await mountSmallDisk(t, 4)
    await disk.fill()
    await assert.rejects(open(disk), {
      code: 'journal-full',
      message: /^cannot write to .*: the disk is full; free space there, or/,
    })
    disk.free()
    await using journal = await open(disk)
    await journal.append(entries(1))
  },
)
