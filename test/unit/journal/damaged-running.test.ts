import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createAuditor } from '../../../src/agent/auditor.ts'
import { createCore, createLocalCaller } from '../../../src/journal/caller.ts'
import { openForWriting } from '../../../src/journal/database.ts'
import { JOURNAL_FILE, prepareJournal } from '../../../src/journal/directory.ts'
import { createJournal } from '../../../src/journal/facade.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import type { Retention } from '../../../src/journal/retention.ts'
import { silentLog } from '../../../src/model/log.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'
import { isNumbered, numbered } from '../../support/journal/numbered.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

const PAGE = 4096
const COUNT = 200

interface Running {
  readonly journal: Journal
  readonly clock: ManualClock
  readonly warnings: readonly string[]
}

/** A journal in which the page that holds a text is lost after it was looked at: nobody has noticed yet. */
async function damagedAt(
  t: TestContext,
  text: string,
  retention: Retention = {},
): Promise<Running> {
  const folder = temporaryFolder()
  const file = join(folder.path, JOURNAL_FILE)
  const clock = createManualClock()
  const warnings: string[] = []
  const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) }

  function open(): Journal {
    const db = openForWriting(file)
    db.exec('PRAGMA synchronous = OFF')
    const caller = createLocalCaller(createCore(db, folder.path, 'both', { retention }), () => {
      if (db.isOpen) db.close()
    })
    return createJournal({ writer: caller, reader: caller, clock, log })
  }

  prepareJournal(folder.path, clock.nowNanos())
  const before = open()
  await before.reader('sink', 'start')
  await before.append(Array.from({ length: COUNT }, (_, n) => numbered(n, 'x'.repeat(900))))
  await before[Symbol.asyncDispose]()
  const bytes = readFileSync(file)
  const at = bytes.lastIndexOf(text) // what stands further ahead was left by a page that was split
  assert.ok(at > 0)
  const start = at - (at % PAGE)
  writeFileSync(file, bytes.fill(0, start, start + PAGE))
  const journal = open()
  t.after(async () => {
    await journal[Symbol.asyncDispose]()
    folder.remove()
  })
  return { journal, clock, warnings }
}

const middle = '"number":100,'

test('entries of a damaged page are asked for by their places: each is told', async (t) => {
  const { journal } = await damagedAt(t, middle)
  const seqs = Array.from({ length: COUNT + 1 }, (_, at) => at + 1)
  const found = await journal.find([...seqs, COUNT + 2])
  assert.deepEqual(
    found.map(({ seq }) => seq),
    seqs,
    'and none that is not there',
  )
  const lost = found.filter((entry) => entry.kind === 'gap' && entry.cause === 'journal-damage')
  assert.ok(lost.length >= 1 && lost.length <= 6, `${lost.length} are lost`)
})

test('a sink may refuse the gap of what can not be read, and is not held up by it', async (t) => {
  const { journal } = await damagedAt(t, middle)
  const reader = await journal.reader('sink')
  const page = (await reader.read({ entries: 1_000, bytes: 1e9 }))!
  const gap = page.entries.find((entry) => entry.kind === 'gap')!
  assert.equal(await reader.commit(page, [{ seq: gap.seq, reason: 'no gaps, please' }]), true)
  const [letter] = await Array.fromAsync(journal.deadLetters())
  assert.ok(letter?.entry.kind === 'gap')
  assert.deepEqual([letter.seq, letter.entry.cause], [gap.seq, 'journal-damage'])
  assert.equal((await journal.cursors())[0]?.pending, 0)
})

test('where the oldest page is damaged, recording goes on: that it can not be pruned is said once', async (t) => {
  const { journal, clock, warnings } = await damagedAt(t, '"number":0,', { maxAgeMs: 3_600_000 })
  const { entries } = await journal.append([numbered(1_000)])
  assert.equal(entries.length, 1)
  for (let second = 0; second < 5; second++) await clock.advance(1_000)
  assert.equal((await journal.append([numbered(1_001)])).entries.length, 1)
  assert.equal(
    warnings.filter((warning) => /can't be looked after: .*damaged/.test(warning)).length,
    1,
  )
})

test('how a sink fares is told where the first entry that waits for it can not be read', async (t) => {
  const { journal } = await damagedAt(t, '"number":0,')
  const [cursor] = await journal.cursors()
  assert.equal(cursor?.pending, COUNT + 1)
  const reader = await journal.reader('sink')
  let got = 0
  for (;;) {
    const page = await reader.read({ entries: 50, bytes: 1e9 })
    if (page === undefined) break
    got += page.entries.filter(isNumbered).length
    assert.equal(await reader.commit(page), true)
  }
  assert.ok(got > COUNT - 6, `${got} of ${COUNT}`)
})

test('an agent whose journal can not say how it fares says so, and goes on', async (t) => {
  const { journal } = await damagedAt(t, 'sink') // the cursors
  await assert.rejects(journal.cursors(), { code: 'journal-unusable' })
  const auditor = createAuditor({ engines: [], journal })
  const health = await auditor.health()
  assert.equal(health.state, 'degraded')
  assert.match(health.reasons.join(), /the journal can't say how it fares: .*is damaged/)
  assert.equal(health.journal?.entries, COUNT + 1, 'what it can say, it says')
})
