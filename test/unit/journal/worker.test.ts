import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { ensureDirectory, prepareJournal } from '../../../src/journal/directory.ts'
import { pack, type Packed } from '../../../src/journal/packed.ts'
import { startWorker } from '../../../src/journal/worker-caller.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import { temporaryFolder } from '../../support/journal/harness.ts'
import { numbered } from '../../support/journal/numbered.ts'

function folder(t: TestContext): string {
  const folder = temporaryFolder()
  t.after(() => folder.remove())
  return folder.path
}

const packed = (...numbers: number[]): Packed =>
  pack(numbers.map((n) => ({ id: numbered(n).id, body: encodeEntry(numbered(n)) })))

test('a thread that dies rejects what was asked and is told once', async (t) => {
  const fatal: Error[] = []
  const url = new URL('../../support/journal/dying-worker.ts', import.meta.url)
  const setup = { role: 'write', dir: folder(t) } as const
  const caller = await startWorker(setup, (error) => fatal.push(error), url)
  const asked = [caller.call('look', 0n), caller.call('look', 0n)]
  for (const answer of await Promise.allSettled(asked)) {
    assert.equal(answer.status, 'rejected')
    assert.match(String(answer.reason), /the journal's write thread died/)
    assert.match(String((answer.reason as Error).cause), /a bug in the thread/)
  }
  await assert.rejects(caller.call('look', 0n), /died/)
  await caller[Symbol.asyncDispose]()
  assert.equal(fatal.length, 1)
})

test('a thread that cannot begin says why', async (t) => {
  const setup = { role: 'read', dir: `${folder(t)}/nowhere` } as const
  await assert.rejects(
    startWorker(setup, () => assert.fail('it never was alive')),
    /unable to open/,
  )
})

test('appends that wait go into one transaction, and one that fails fails alone', async (t) => {
  const dir = folder(t)
  await ensureDirectory(dir)
  prepareJournal(dir, 0n)
  const setup = { role: 'write', dir } as const
  await using caller = await startWorker(setup, () => assert.fail('it died'))
  const bad = { ...packed(9), ids: new Uint8Array(3) }
  const answers = await Promise.allSettled([
    caller.call('append', [{ entries: packed(1, 2) }], 0n),
    caller.call('append', [{ entries: bad }], 0n),
    caller.call('append', [{ entries: packed(2, 3) }], 0n),
  ])
  assert.deepEqual(
    answers.map((answer) => answer.status === 'fulfilled' && answer.value[0]!.places),
    [[2, 3], false, [undefined, 4]],
  )
})
