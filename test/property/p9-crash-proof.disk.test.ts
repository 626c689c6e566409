import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { createCore, createLocalCaller, type Core } from '../../src/journal/caller.ts'
import { openForReading, openForWriting } from '../../src/journal/database.ts'
import { JOURNAL_FILE, prepareJournal } from '../../src/journal/directory.ts'
import { createJournal } from '../../src/journal/facade.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import type { Sequenced } from '../../src/model/entry.ts'
import { AuditorError } from '../../src/model/errors.ts'
import { silentLog } from '../../src/model/log.ts'
import { verifyJournal } from '../../src/query/verify-journal.ts'
import { temporaryFolder } from '../support/journal/harness.ts'
import { isNumbered, numbered } from '../support/journal/numbered.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** What becomes of a file. Places are shares of its length. */
type Fault =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'zero'; readonly at: number }
  | { readonly kind: 'cut'; readonly at: number }

/** Of all floating point numbers below 1 most are next to 0. */
const at = fc.nat(999).map((mille) => mille / 1000)
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }) },
  fc.record({ kind: fc.constant('zero' as const), at }),
  fc.record({ kind: fc.constant('cut' as const), at }),
)

const story = fc.record({
  /** Length of the text of each entry that is recorded before the crash. */
  texts: fc.array(fc.constantFrom(0, 10, 300, 3_000, 20_000), { minLength: 1, maxLength: 60 }),
  /** So many are folded into the database; the others are in its log alone. */
  folded: at,
  /** Somebody else reads meanwhile: the log stays as it is, and what is in it is not checked again. */
  isRead: fc.boolean(),
  faults: fc.array(fc.record({ inLog: fc.boolean(), fault }), { minLength: 1, maxLength: 3 }),
})

const PAGE = 4096
const ENGINE = 'engine'

function harm(file: string, one: Fault): void {
  if (!existsSync(file)) return
  const bytes = readFileSync(file)
  if (bytes.length === 0) return
  const place = Math.floor(one.at * bytes.length)
  if (one.kind === 'cut') return truncateSync(file, place)
  if (one.kind === 'flip') bytes[place]! ^= 1 << one.bit
  else bytes.fill(0, place - (place % PAGE), Math.min(bytes.length, place - (place % PAGE) + PAGE))
  writeFileSync(file, bytes)
}

interface Opened extends AsyncDisposable {
  readonly journal: Journal
  readonly fold: () => void
}

/** As the agent opens it, in this thread. */
function open(dir: string): Opened {
  const clock = createManualClock()
  prepareJournal(dir, clock.nowNanos())
  const db = openForWriting(join(dir, JOURNAL_FILE))
  db.exec('PRAGMA synchronous = OFF') // the files are copied, and no machine crashes
  const anchors = { entries: 10_000, everyMs: 3_600_000 }
  const core = createCore(db, dir, 'both', { anchors }) as Core
  const caller = createLocalCaller(core, () => {
    if (db.isOpen) db.close()
  })
  const journal = createJournal({ writer: caller, reader: caller, clock, log: silentLog })
  return {
    journal,
    fold: () => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

/** A bit of the version that a journal says it has makes it a newer one, or another program's: refused. */
function openIfItCan(dir: string): Opened | undefined {
  try {
    return open(dir)
  } catch (thrown) {
    assert.ok(thrown instanceof AuditorError, String(thrown))
    return undefined
  }
}

/** What an agent asks for when it starts: whatever was damaged, it is answered. */
async function begin(journal: Journal): Promise<void> {
  await journal.stats()
  await journal.reader('sink', 'start')
  await journal.cursors()
  await journal.resumePoint(ENGINE)
  await journal.containers(ENGINE)
  await journal.hole(ENGINE)
}

/** A reader beside the agent, which has the log open. */
function readBeside(dir: string): DatabaseSync {
  const db = openForReading(join(dir, JOURNAL_FILE))
  db.exec('BEGIN')
  db.prepare('SELECT count(*) FROM meta').get()
  return db
}

/** Everything a sink gets that begins with what is there. */
async function delivered(journal: Journal): Promise<Sequenced[]> {
  const reader = await journal.reader('sink', 'start')
  const all: Sequenced[] = []
  for (;;) {
    const page = await reader.read({ entries: 7, bytes: 50_000 })
    if (page === undefined) return all
    all.push(...page.entries)
    await reader.commit(page)
  }
}

const isDamageTold = (entry: Sequenced): boolean =>
  entry.kind === 'gap' && entry.cause === 'journal-damage'

/** What may be said of a file that was harmed. */
const isTold = (thrown: unknown): boolean =>
  thrown instanceof AuditorError && thrown.code === 'journal-unusable'

type Deliver = typeof delivered

/** Whatever becomes of the files: nothing is given out that was not written, and the rest is told. */
const honest = (deliver: Deliver) =>
  fc.asyncProperty(story, async ({ texts, folded, isRead, faults }) => {
    const folder = temporaryFolder()
    const crashed = temporaryFolder()
    let beside: DatabaseSync | undefined
    try {
      const written = new Map<number, string>()
      {
        await using opened = open(folder.path)
        for (const [number, length] of texts.entries()) {
          const entry = numbered(number, 'x'.repeat(length))
          written.set(number, encodeEntry(entry))
          const resume = { engineId: ENGINE, id: entry.id, time: entry.time }
          await opened.journal.append([entry], resume)
          if (number === Math.floor(folded * texts.length)) opened.fold()
        }
        // As `kill -9` leaves them: the log is not folded.
        for (const suffix of ['', '-wal']) {
          const name = `${JOURNAL_FILE}${suffix}`
          copyFileSync(join(folder.path, name), join(crashed.path, name))
        }
      }
      if (isRead) beside = readBeside(crashed.path)
      for (const { inLog, fault } of faults) {
        harm(join(crashed.path, inLog ? `${JOURNAL_FILE}-wal` : JOURNAL_FILE), fault)
      }
      await using opened = openIfItCan(crashed.path)
      if (opened === undefined) return
      const { journal } = opened
      await begin(journal)
      let got: readonly Sequenced[] = []
      try {
        got = await deliver(journal)
      } catch (thrown) {
        assert.ok(isTold(thrown), String(thrown))
      }
      let listed: readonly Sequenced[] = []
      try {
        listed = await Array.fromAsync(journal.entries({}))
      } catch (thrown) {
        assert.ok(isTold(thrown), String(thrown))
      }
      for (const entry of [...got, ...listed]) {
        if (!isNumbered(entry)) continue
        assert.equal(encodeEntry(entry), written.get(Number(entry.data['number'])))
      }
      const places = new Set(listed.map(({ seq }) => seq))
      assert.equal(places.size, listed.length, 'a listing has an entry twice')
      const seqs = got.map(({ seq }) => seq)
      assert.deepEqual(
        seqs,
        seqs.map((_, index) => seqs[0]! + index),
        'a place is passed over without a word',
      )
      // Recording goes on, or says why it can't.
      const more = numbered(1_000_000)
      try {
        await journal.append([more])
        const later = await deliver(journal)
        const isThere = later.some(({ id }) => id === more.id)
        assert.ok(isThere || later.some(isDamageTold), 'it was accepted, and is not there')
      } catch (thrown) {
        assert.ok(isTold(thrown), String(thrown))
      }
    } finally {
      beside?.close()
      folder.remove()
      crashed.remove()
    }
  })

suite('P9 crash-proof', () => {
  test('whatever becomes of the files, nothing is given out that was not written', async () => {
    await fc.assert(honest(delivered), runs(200))
  })

  test('where a page can not be read any more, what lies on the others is still given out', async () => {
    const folder = temporaryFolder()
    const file = join(folder.path, JOURNAL_FILE)
    const count = 1_200 // more than a page of a listing
    {
      await using opened = open(folder.path)
      const entries = Array.from({ length: count }, (_, at) => numbered(at, 'x'.repeat(1_500)))
      await opened.journal.append(entries)
      opened.fold()
    }
    const place = readFileSync(file).indexOf('"number":150,')
    harm(file, { kind: 'zero', at: place / readFileSync(file).length })
    {
      await using opened = open(folder.path)
      const got = await delivered(opened.journal)
      const numbers = got.flatMap((entry) =>
        isNumbered(entry) ? [Number(entry.data['number'])] : [],
      )
      assert.equal(got.length, count + 1, 'each place is told')
      assert.ok(numbers.length >= count - 5, 'the page, and the entry behind it')
      assert.deepEqual(
        numbers,
        numbers.toSorted((one, other) => one - other),
      )
      assert.ok(!numbers.includes(150))
      for (const reverse of [false, true]) {
        const listed = await Array.fromAsync(opened.journal.entries({ reverse }))
        assert.deepEqual(
          listed.map(({ seq }) => seq).sort((one, other) => one - other),
          got.map(({ seq }) => seq),
          'a listing has each once',
        )
      }
      const { breaks, proven } = await verifyJournal(opened.journal)
      assert.deepEqual(
        breaks.map(({ kind }) => kind),
        ['missing'],
      )
      assert.equal(proven.length, 2, 'before it and behind it')
    }
    folder.remove()
  })
})

test('the planted bug is found: what is damaged is passed over', () =>
  assertCaught(
    honest(async (journal) => (await delivered(journal)).filter((entry) => !isDamageTold(entry))),
    500,
  ))
