import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Subject } from 'rxjs'
import { createShipper } from '../../../src/sinks/shipper.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { runShipper } from '../../support/shipper-run.ts'
import { answering, records } from '../../support/shipper-setting.ts'
import { createTinyJournal } from '../../support/tiny-journal.ts'

test('somebody in a hurry cuts the wait between two tries short', async () => {
  const clock = createManualClock()
  const journal = createTinyJournal()
  const hurry$ = new Subject<void>()
  const { sink, calls } = answering(() => clock, [new Error('away')])
  const run = runShipper(createShipper, {
    sink,
    journal,
    clock,
    hurry$,
    settings: { every: 0 },
    retry: { minMs: 3_600_000, maxMs: 3_600_000 },
  })
  journal.append(records(4))
  await clock.settle()
  assert.equal(calls.length, 1, 'away, and the next try is far off')
  hurry$.next()
  await clock.settle()
  assert.deepEqual(
    calls.map(({ at }) => at),
    [0, 0],
  )
  await run.stop()
})
