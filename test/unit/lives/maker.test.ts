import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openJournal } from '../../../src/journal/open.ts'
import { createLivesMaker } from '../../../src/lives/maker.ts'
import { openLivesView } from '../../../src/lives/view.ts'
import { decodeEntry } from '../../../src/model/entry-codec.ts'
import { scratch } from '../../support/cli.ts'
import { tell } from '../../support/lives/tell.ts'

const STORY =
  'create start +5000 die(1) start +5000 kill(15) die(143) stop start +60000 oom die(137)'

/** A data directory whose lives are made, and told. */
async function made(t: TestContext): Promise<string> {
  const dir = join(await scratch(t), 'data')
  await using journal = await openJournal({ dir })
  await journal.append(tell(STORY))
  const maker = createLivesMaker(dir)
  while (maker.step(0).more);
  await journal.append(maker.due(Infinity).map(decodeEntry))
  while (maker.step(0).more);
  maker.close()
  return dir
}

function causes(dir: string): string[] {
  using lives = openLivesView(dir)
  return [...lives.runs({ oldestFirst: true })].map(
    ({ number, cause, isSettled }) => `${number} ${cause}${isSettled ? '' : '?'}`,
  )
}

const EXPECTED = ['1 crashed', '2 stopped', '3 oom']

/** As the keeper does it: after a failure one begins anew. */
function makeAll(dir: string): number {
  for (let failures = 0; failures < 5; failures++) {
    let maker: ReturnType<typeof createLivesMaker> | undefined
    try {
      maker = createLivesMaker(dir)
      while (maker.step(0).more);
      return failures
    } catch {
      // the next one begins anew
    } finally {
      maker?.close()
    }
  }
  return Infinity
}

suite('lives that were damaged', () => {
  for (const [what, damage] of Object.entries({
    'no database any more': (bytes: Buffer) => bytes.fill(0x5a, 0, 100),
    'its first page is noise': (bytes: Buffer) => bytes.fill(0xa5, 100, 4096),
    'every page is': (bytes: Buffer) => bytes.fill(0xa5, 100),
    empty: () => Buffer.alloc(0),
    'cut short': (bytes: Buffer) => bytes.subarray(0, 4096),
  })) {
    test(`${what}: made anew from the journal, whose runs are told once`, async (t) => {
      const dir = await made(t)
      assert.deepEqual(causes(dir), EXPECTED)
      const file = join(dir, 'lives.db')
      await writeFile(file, damage(await readFile(file)))
      assert.ok(makeAll(dir) <= 1)
      assert.deepEqual(causes(dir), EXPECTED)
      const maker = createLivesMaker(dir)
      assert.deepEqual(maker.due(Infinity), [])
      maker.close()
    })
  }
})
