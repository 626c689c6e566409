import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openJournal } from '../../src/journal/open.ts'
import { chainFault, temporaryFolder } from '../support/journal/harness.ts'
import { isNumbered, numbered } from '../support/journal/numbered.ts'
import { spawnJournalChild } from '../support/journal/spawn-child.ts'

const noFatal = (error: Error): never => {
  throw error
}

test('P9: SIGKILL in mid-append loses nothing that was promised, and breaks no chain', async (t) => {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  let promised = 0

  for (const killAfter of [1, 30, 7, 60, 15]) {
    const child = spawnJournalChild({}, 'append', folder.path, String(promised))
    for (let lines = 0; lines < killAfter; lines++) {
      promised = Number((await child.lines.next()).value)
    }
    await child.kill()
    // What it said before it died counts as well.
    for await (const line of child.lines) promised = Number(line)

    await using journal = await openJournal({ dir: folder.path, onFatal: noFatal })
    const numbers = new Set<number>()
    let own = 0
    for await (const entry of journal.entries({})) {
      if (isNumbered(entry)) numbers.add(Number(entry.data['number']))
      else own += 1 // the journal's: its beginning and anchors
    }
    for (let n = 1; n <= promised; n++) assert.ok(numbers.has(n), `${n} was promised`)
    const stats = await journal.stats()
    assert.equal(stats.entries, numbers.size + own, 'each is there once')
    assert.equal(stats.lastSeq, stats.entries, 'places are taken without a hole')
    const point = await journal.resumePoint('engine')
    assert.equal(point?.id, numbered(Math.max(...numbers)).id, 'kept with the last group')
    const db = new DatabaseSync(join(folder.path, 'journal.db'), {
      readOnly: true,
      timeout: 10_000,
    })
    assert.equal(chainFault(db), undefined)
    db.close()
  }
  t.diagnostic(`${promised} entries promised over 5 lives`)
})

test('a second agent is refused with the pid of the first, and let in when that one was killed', async (t) => {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  const child = spawnJournalChild({}, 'hold', folder.path)
  assert.equal((await child.lines.next()).value, 'open')
  await assert.rejects(openJournal({ dir: folder.path, onFatal: noFatal }), {
    code: 'journal-locked',
    message: new RegExp(`in use by another auditor \\(pid ${child.pid} on .*--data`),
  })
  await child.kill()
  const journal = await openJournal({ dir: folder.path, onFatal: noFatal })
  await journal[Symbol.asyncDispose]()
})
