import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAlerter } from '../../../src/alerts/alerter.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import { AuditorError } from '../../../src/model/errors.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createManualClock } from '../../support/manual-clock.ts'

test('alerts wait for a journal that can not be read, and say so once', async () => {
  const clock = createManualClock()
  await using journal = createMemoryJournal({ clock })
  const warnings: string[] = []
  let isDamaged = true
  let asked = 0
  const alerter = createAlerter({
    rules: [],
    journal: {
      ...journal,
      chain() {
        asked += 1
        if (!isDamaged) return journal.chain()
        return Promise.reject(new AuditorError('journal-unusable', 'the journal is damaged'))
      },
    },
    append: () => Promise.resolve(),
    clock,
    log: { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) },
  })
  const ending = new AbortController()
  const run = alerter.run({ name: 'alerts', clock, restarts: 0, signal: ending.signal })
  run.catch(() => undefined)
  await clock.advance(60_000)
  assert.ok(asked > 10, `asked ${asked} times`)
  assert.deepEqual(warnings, ['alerts wait for the journal, trying again: the journal is damaged'])
  isDamaged = false
  await clock.advance(10_000)
  const before = asked
  await clock.advance(60_000)
  assert.equal(asked, before, 'it was answered')
  ending.abort(new Error('the end'))
  await assert.rejects(run, /the end/)
})
