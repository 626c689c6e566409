import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Subject } from 'rxjs'
import { untilWork } from '../../../src/cli/until-work.ts'
import type { Sequenced } from '../../../src/model/entry.ts'
import type { Cursor } from '../../../src/journal/journal.ts'
import { plainRecord } from '../../support/entries.ts'

const journal = (...pending: number[]) => ({
  cursors: () => Promise.resolve(pending.map((each) => ({ pending: each }) as Cursor)),
})

test('a few entries are no work, a hundred are, and it is told once', async () => {
  const entries$ = new Subject<Sequenced>()
  let told = 0
  await untilWork({ entries$ }, journal(100), () => (told += 1))
  for (let number = 0; number < 99; number++)
    entries$.next({ ...plainRecord(number), seq: number + 1 })
  assert.equal(told, 0)
  for (let number = 99; number < 300; number++)
    entries$.next({ ...plainRecord(number), seq: number + 1 })
  assert.equal(told, 1)
})

test('what waits for a sink is work', async () => {
  let told = 0
  await untilWork({ entries$: new Subject<Sequenced>() }, journal(0, 101), () => (told += 1))
  assert.equal(told, 1)
})
