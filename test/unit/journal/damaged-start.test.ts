import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { suite, test, type TestContext } from 'node:test'
import { createCore, createLocalCaller } from '../../../src/journal/caller.ts'
import { openForReading, openForWriting } from '../../../src/journal/database.ts'
import { JOURNAL_FILE, prepareJournal } from '../../../src/journal/directory.ts'
import { createJournal } from '../../../src/journal/facade.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { openJournal } from '../../../src/journal/open.ts'
import { gapOf } from '../../../src/model/entry-factory.ts'
import { silentLog } from '../../../src/model/log.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'
import { isNumbered, numbered } from '../../support/journal/numbered.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { engine, record } from '../../support/records.ts'

const PAGE = 4096
const SINKS = ['one', 'two', 'three']

function folder(t: TestContext): string {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  return folder.path
}

/** As the agent opens it, in this thread and without fsync. */
function open(dir: string): { readonly journal: Journal; readonly db: DatabaseSync } {
  const clock = createManualClock()
  prepareJournal(dir, clock.nowNanos())
  const db = openForWriting(join(dir, JOURNAL_FILE))
  db.exec('PRAGMA synchronous = OFF')
  const caller = createLocalCaller(createCore(db, dir, 'both'), () => {
    if (db.isOpen) db.close()
  })
  const parts = { writer: caller, reader: caller, clock, log: silentLog }
  return { journal: createJournal(parts), db }
}

const numbers = (from: number, to: number): ReturnType<typeof numbered>[] =>
  Array.from({ length: to - from + 1 }, (_, at) => numbered(from + at, 'x'.repeat(300)))

/** Something in every table, and pages that are free again. */
async function fill(journal: Journal): Promise<void> {
  for (const sink of SINKS) await journal.reader(sink, 'start')
  await journal.append(numbers(1, 40), { engineId: engine.id, id: numbered(40).id, time: 3n })
  for (let n = 0; n < 12; n++) {
    const attributes = { name: `c${n}`, label: 'y'.repeat(400) }
    await journal.append([record('start', { id: `c${n}`, at: n, attributes })])
  }
  const { time } = numbered(61)
  const gap = { from: time, to: time, certainty: 'possible' } as const
  await journal.append([
    gapOf({ ...gap, engine, cause: 'reconnect' }),
    gapOf({ ...gap, cause: 'sink-quota', sink: 'one' }),
  ])
  const [large] = (await journal.append([numbered(62, 'l'.repeat(50_000))])).entries
  for (const sink of ['two', 'three']) {
    const reader = await journal.reader(sink)
    const page = (await reader.read({ entries: 1_000, bytes: 1e9 }))!
    await reader.commit(page, [{ seq: large!.seq, reason: 'too large' }])
  }
  await journal.dropDeadLetters('three')
  await journal.append(numbers(63, 70))
}

/** What an agent asks for when it starts, and does from then on. */
async function askAll(journal: Journal): Promise<void> {
  await journal.stats()
  await journal.cursors()
  await journal.resumePoint(engine.id)
  await journal.containers(engine.id)
  await journal.hole(engine.id)
  for (const sink of SINKS) {
    const reader = await journal.reader(sink, 'start')
    for (let pages = 0; pages < 2; pages++) {
      const page = await reader.read({ entries: 5, bytes: 1e9 })
      if (page !== undefined) assert.equal(await reader.commit(page), true)
    }
  }
  const [more] = [numbered(1_000_000, 'z'.repeat(20_000))]
  const words = [more, record('start', { id: 'new', at: 1_000_000 })]
  const { entries } = await journal.append(words, { engineId: engine.id, id: more.id, time: 4n })
  assert.equal(entries.length, 2)
}

const isAside = (dir: string): boolean =>
  readdirSync(dir).some((name) => name.startsWith(`${JOURNAL_FILE}.damaged-`))

async function startsOn(dir: string): Promise<boolean> {
  const { journal } = open(dir)
  try {
    await askAll(journal)
  } finally {
    await journal[Symbol.asyncDispose]()
  }
  return isAside(dir)
}

/** The files of a journal as `kill -9` leaves them: half of it in the log. */
async function crashed(t: TestContext): Promise<string> {
  const [dir, copy] = [folder(t), folder(t)]
  const { journal, db } = open(dir)
  await fill(journal)
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  await journal.append(numbers(100, 130))
  for (const suffix of ['', '-wal']) {
    copyFileSync(join(dir, JOURNAL_FILE + suffix), join(copy, JOURNAL_FILE + suffix))
  }
  await journal[Symbol.asyncDispose]()
  return copy
}

/** Folded. */
async function closed(t: TestContext): Promise<string> {
  const dir = folder(t)
  const { journal } = open(dir)
  await fill(journal)
  await journal[Symbol.asyncDispose]()
  return dir
}

function copyOf(t: TestContext, dir: string): string {
  const copy = folder(t)
  for (const name of readdirSync(dir)) copyFileSync(join(dir, name), join(copy, name))
  return copy
}

suite('an agent starts, whatever of its journal is damaged', () => {
  test('cut short at any page beside its log', async (t) => {
    const sound = await crashed(t)
    const { length } = readFileSync(join(sound, JOURNAL_FILE))
    for (let at = 0; at < length; at += PAGE) {
      const dir = copyOf(t, sound)
      truncateSync(join(dir, JOURNAL_FILE), at)
      await assert.doesNotReject(startsOn(dir), `cut at page ${at / PAGE}`)
    }
  })

  test('any page of it is zeroes, or noise', async (t) => {
    const sound = await closed(t)
    const bytes = readFileSync(join(sound, JOURNAL_FILE))
    let [pages, kept] = [0, 0]
    for (let at = 0; at < bytes.length; at += PAGE) {
      for (const byte of [0, 0xa5]) {
        const dir = copyOf(t, sound)
        const harmed = Buffer.from(bytes)
        harmed.fill(byte, at, at + PAGE)
        writeFileSync(join(dir, JOURNAL_FILE), harmed)
        try {
          if (!(await startsOn(dir))) kept += 1
          pages += 1
        } catch (thrown) {
          assert.fail(`page ${at / PAGE} of ${byte}: ${String(thrown)}`)
        }
      }
    }
    assert.ok(kept > pages / 2, `of ${pages} pages ${kept} cost no more than what lies on them`)
  })

  test('cut short while a reader holds the log open', async (t) => {
    const dir = folder(t)
    const file = join(dir, JOURNAL_FILE)
    const { journal: first, db } = open(dir)
    await fill(first)
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    await first.append(numbers(100, 130))
    const beside = openForReading(file)
    t.after(() => beside.close())
    beside.exec('BEGIN')
    beside.prepare('SELECT count(*) FROM entries').get()
    await first[Symbol.asyncDispose]()
    truncateSync(file, 2 * PAGE)

    await using journal = await openJournal({ dir })
    await askAll(journal)
    assert.ok(isAside(dir))
    const listed = await Array.fromAsync(journal.entries({}))
    const begun = listed.find(
      (entry) => entry.kind === 'marker' && entry.marker === 'journal-begun',
    )
    assert.ok(begun?.kind === 'marker')
    assert.match(String(begun.data['reason']), /malformed|missing|not as/)
  })
})

test('a sound journal is not set aside, nor is anything left of the look at it', async (t) => {
  const dir = await closed(t)
  const { journal } = open(dir)
  const before = await journal.stats()
  await journal[Symbol.asyncDispose]()
  const again = open(dir).journal
  assert.deepEqual(await again.stats(), before)
  assert.equal(isAside(dir), false)
  const listed = await Array.fromAsync(again.entries({}))
  assert.equal(listed.filter(isNumbered).length, 49)
  await again[Symbol.asyncDispose]()
})
