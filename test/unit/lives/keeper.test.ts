import assert from 'node:assert/strict'
import { test } from 'node:test'
import { join } from 'node:path'
import { systemClock } from '../../../src/actors/clock.ts'
import { openJournal } from '../../../src/journal/open.ts'
import { createLivesKeeper } from '../../../src/lives/keeper.ts'
import { silentLog } from '../../../src/model/log.ts'
import { scratch } from '../../support/cli.ts'
import { tell } from '../../support/lives/tell.ts'

const never = new AbortController().signal

test('what was told and not appended, since it was stopped meanwhile, is told again', async (t) => {
  const dir = join(await scratch(t), 'data')
  await using journal = await openJournal({ dir })
  const story = 'create start +5000 die(1) start +5000 die(2) start +60000 die(3)'
  await journal.append(tell(story))
  const stopping = new AbortController()
  const told: number[] = []
  await using lives = createLivesKeeper({
    dir,
    tellsPosture: false,
    wake$: journal.appended$,
    append: async (entries, signal) => {
      told.push(entries.length)
      if (told.length > 1) await journal.append(entries)
      else stopping.abort(new Error('stopped'))
      signal.throwIfAborted()
    },
    clock: systemClock,
    log: silentLog,
  })
  const context = { name: 'lives', signal: stopping.signal, clock: systemClock, restarts: 0 }
  await lives.run(context).catch(() => undefined)
  assert.deepEqual(told, [2]) // the last one may have more to come
  await lives.conclude(never)
  assert.deepEqual(told, [2, 3])
  const causes: string[] = []
  for await (const entry of journal.entries({})) {
    if (entry.kind === 'life') causes.push(`${entry.cause} ${entry.exitCode}`)
  }
  assert.deepEqual(causes, ['crashed 1', 'crashed 2', 'crashed 3'])
})
