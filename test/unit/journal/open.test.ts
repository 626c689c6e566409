import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { openJournal, openJournalAdmin, openJournalView } from '../../../src/journal/open.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'
import { numbered } from '../../support/journal/numbered.ts'
import { unsealed } from '../../support/journal/unsealed.ts'
import { spawnJournalChild, strangerTrouble } from '../../support/journal/spawn-child.ts'

const everything = { entries: 1000, bytes: 1e9 }

function folder(t: TestContext): string {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  return folder.path
}

function open(dir: string): Promise<Journal> {
  return openJournal({
    dir,
    onFatal: (error) => {
      throw error
    },
  })
}

const numbers = (from: number, to: number): ReturnType<typeof numbered>[] =>
  Array.from({ length: to - from + 1 }, (_, at) => numbered(from + at))

const mode = (path: string): number => statSync(path).mode & 0o777

test('the directory is made for its owner alone, and so are its files', async (t) => {
  const dir = join(folder(t), 'deep', 'data')
  await using journal = await open(dir)
  await journal.append([numbered(1)])
  assert.equal(mode(dir), 0o700)
  for (const file of readdirSync(dir)) assert.equal(mode(join(dir, file)), 0o600, file)
})

test('what was appended is there after the journal was closed and opened', async (t) => {
  const dir = folder(t)
  const first = await open(dir)
  await first.append(numbers(1, 3), { engineId: 'e', id: numbered(3).id, time: 3n })
  const reader = await first.reader('sink', 'start')
  const page = await reader.read({ ...everything, entries: 3 }) // 1 says that it was begun
  assert.equal(await reader.commit(page!), true)
  await first[Symbol.asyncDispose]()
  assert.deepEqual(readdirSync(dir).sort(), ['journal.db', 'lock.db', 'lock.pid'])

  await using journal = await open(dir)
  assert.deepEqual(await journal.resumePoint('e'), { engineId: 'e', id: numbered(3).id, time: 3n })
  assert.equal(await journal.resumePoint('other'), undefined)
  const rest = await (await journal.reader('sink')).read(everything)
  assert.deepEqual(unsealed(rest!.entries), [{ ...numbered(3), seq: 4 }])
  const again = await journal.append(numbers(2, 4))
  assert.deepEqual(again, { entries: [{ ...numbered(4), seq: 5 }], repeated: 2 })
})

test('a second journal in the same process is refused, too', async (t) => {
  const dir = folder(t)
  const first = await open(dir)
  await assert.rejects(open(dir), { code: 'journal-locked', message: RegExp(`pid ${process.pid}`) })
  await first[Symbol.asyncDispose]()
  await (await open(dir))[Symbol.asyncDispose]()
})

test('a place that is no directory, or no journal, is refused in one line with the cure', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'file')
  writeFileSync(file, '')
  await assert.rejects(open(file), {
    code: 'journal-unusable',
    message: `cannot write to ${file}: it is not a directory; choose another place with --data or AUDITOR_DATA`,
  })
  for (const openIt of [openJournalView, openJournalAdmin]) {
    await assert.rejects(openIt(dir), {
      code: 'journal-unusable',
      message: `there is no journal in ${dir}: start the agent there, or name another directory with --data`,
    })
  }
  writeFileSync(join(dir, 'journal.db'), '')
  await assert.rejects(openJournalView(dir), { message: /holds no journal yet/ })
})

test('a newer journal is refused and stays as it is', async (t) => {
  const dir = folder(t)
  await (await open(dir))[Symbol.asyncDispose]()
  const db = new DatabaseSync(join(dir, 'journal.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  await assert.rejects(open(dir), { code: 'journal-newer', message: /version 99/ })
  await assert.rejects(openJournalView(dir), { code: 'journal-newer' })
  assert.equal(readdirSync(dir).filter((name) => name.includes('damaged')).length, 0)
})

test('a journal damaged beyond use is kept aside and a new one begun, which says so', async (t) => {
  const dir = folder(t)
  writeFileSync(join(dir, 'journal.db'), 'this is no database at all. '.repeat(500))
  await using journal = await open(dir)
  const reader = await journal.reader('sink')
  const page = await reader.read(everything)
  const [marker] = page!.entries
  assert.ok(marker?.kind === 'marker')
  assert.equal(marker.marker, 'journal-begun')
  assert.equal(marker.data['reason'], 'file is not a database')
  assert.ok(existsSync(String(marker.data['kept'])))
  assert.match(String(marker.data['kept']), /journal\.db\.damaged-\d{4}-/)
})

test('a view reads beside the agent, and sees what comes', async (t) => {
  const dir = folder(t)
  await using journal = await open(dir)
  await journal.append(numbers(1, 2))
  await using view = await openJournalView(dir)
  assert.deepEqual(
    (await Array.fromAsync(view.entries({}))).map(({ seq }) => seq),
    [2, 3, 1], // by time, and the first is of today
  )
  await journal.append(numbers(3, 1500))
  const seqs = (await Array.fromAsync(view.entries({ reverse: true }))).map(({ seq }) => seq)
  assert.deepEqual(seqs, [1, ...Array.from({ length: 1500 }, (_, at) => 1501 - at)])
})

const skip = strangerTrouble()

/** What `child.ts` says when it runs as somebody who owns nothing here. */
async function asStranger(mode: string, dir: string): Promise<unknown> {
  const child = spawnJournalChild({ stranger: true }, mode, dir)
  const { value } = await child.lines.next()
  await child.kill()
  return value
}

test('a directory that can only be read is read, with and without a log', { skip }, async (t) => {
  const dir = folder(t)
  const journal = await open(dir)
  await journal.append(numbers(1, 2))
  chmodSync(dir, 0o555)
  for (const file of readdirSync(dir)) chmodSync(join(dir, file), 0o444)
  assert.equal(await asStranger('count', dir), '3', 'beside the agent')
  chmodSync(dir, 0o755)
  await journal[Symbol.asyncDispose]()
  chmodSync(dir, 0o555)
  assert.equal(readdirSync(dir).includes('journal.db-wal'), false)
  assert.equal(await asStranger('count', dir), '3', 'without one')
  chmodSync(dir, 0o755)
})

test('without permission there is one line with the cure', { skip }, async (t) => {
  const dir = folder(t)
  chmodSync(dir, 0o555)
  for (const place of [dir, join(dir, 'data')]) {
    assert.equal(
      await asStranger('hold', place),
      `journal-unusable: cannot write to ${place}: permission denied; choose another place with --data or AUDITOR_DATA`,
    )
  }
  chmodSync(dir, 0o755)
  await (await open(join(dir, 'mine')))[Symbol.asyncDispose]()
  chmodSync(join(dir, 'mine'), 0)
  assert.equal(
    await asStranger('count', join(dir, 'mine')),
    `journal-unusable: cannot read the journal in ${dir}/mine: permission denied; run as its owner, or name another directory with --data`,
  )
  chmodSync(join(dir, 'mine'), 0o700)
})

test('an admin moves a cursor beside the agent, which notices and gives out again', async (t) => {
  const dir = folder(t)
  await using journal = await open(dir)
  const reader = await journal.reader('sink', 'start')
  await journal.append(numbers(1, 3))
  const page = (await reader.read(everything))!
  const refused = [{ seq: 2, reason: 'not this one' }]
  const noticed = new Promise((resolve) => journal.appended$.subscribe(resolve))
  {
    await using admin = await openJournalAdmin(dir)
    await assert.rejects(admin.rewind('sunk', 0), {
      code: 'usage',
      message: 'the journal knows no sink "sunk", did you mean "sink"? (it has sink)',
    })
    await assert.rejects(admin.rewind('sink', 1), {
      code: 'usage',
      message: /moved back to 0\.\.0/,
    })
    await admin.rewind('sink', 0)
  }
  assert.deepEqual(await noticed, { entries: [], repeated: 0 })
  assert.equal(await reader.commit(page, refused), false, 'read before the rewind')
  const again = (await reader.read(everything))!
  assert.equal(await reader.commit(again, refused), true)

  await using admin = await openJournalAdmin(dir)
  const [letter] = await Array.fromAsync(admin.deadLetters('sink'))
  assert.deepEqual(
    { ...letter, at: 0n },
    {
      sink: 'sink',
      seq: 2,
      reason: 'not this one',
      at: 0n,
      entry: numbered(1),
    },
  )
  assert.equal(await admin.retryDeadLetters('sink'), 1)
  const retried = await reader.read(everything)
  assert.equal(retried?.origin, 'dead-letters')
  assert.deepEqual(unsealed(retried.entries), [{ ...numbered(1), seq: 2 }])
  assert.deepEqual(retried.entries[0]!.seal, page.entries[1]!.seal, "the entry's own")
  assert.equal(await admin.dropDeadLetters('sink', [2]), 1)
  assert.equal(await reader.commit(retried), true)
  const [cursor] = await journal.cursors()
  assert.deepEqual(cursor, {
    sink: 'sink',
    since: 0,
    confirmed: 4,
    pending: 0,
    delivered: 3,
    deadLetters: 0,
    dropped: 0,
    discarded: 1,
    damaged: 0,
  })
})

test('how a sink fared is kept', async (t) => {
  const dir = folder(t)
  const first = await open(dir)
  await first.reader('sink')
  const trouble = { lastError: 'away', lastErrorAt: 1_795_358_966_636, failingSince: 17 }
  await first.keepTrouble('sink', trouble)
  await first[Symbol.asyncDispose]()
  await using journal = await open(dir)
  const told = async () => {
    const [cursor] = await journal.cursors()
    const { lastError, lastErrorAt, failingSince } = cursor!
    return { lastError, lastErrorAt, failingSince }
  }
  assert.deepEqual(await told(), trouble)
  await journal.keepTrouble('sink', { lastError: 'away', lastErrorAt: 1_795_358_966_636 })
  assert.deepEqual(await told(), { ...trouble, failingSince: undefined })
})

test('a closed journal says so', async (t) => {
  const journal = await open(folder(t))
  await journal[Symbol.asyncDispose]()
  await journal[Symbol.asyncDispose]()
  await assert.rejects(journal.append([numbered(1)]), /the journal is closed/)
  await assert.rejects(journal.stats(), /the journal is closed/)
})
