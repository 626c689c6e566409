import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSupervisor } from '../../../src/actors/supervisor.ts'
import { AuditorError } from '../../../src/model/errors.ts'
import { createShipper } from '../../../src/sinks/shipper.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { quickSettings, untilQuiet } from '../../support/shipper-run.ts'
import { answering, records } from '../../support/shipper-setting.ts'
import { createTinyJournal } from '../../support/tiny-journal.ts'

test('a journal that can not keep the place is waited for: no restart, and nothing is delivered twice', async () => {
  const clock = createManualClock()
  const journal = createTinyJournal()
  const { sink, calls } = answering(() => clock, [])
  const { reader } = journal.cursor('sink')
  let failures = 60
  const lines: string[] = []
  const say = (_: object, line: string): void => void lines.push(line)
  const supervisor = createSupervisor({ clock, onEscalation: (_, error) => assert.fail(error) })
  const shipper = createShipper({
    sink,
    settings: quickSettings('sink'),
    reader: {
      read: (limit, after) => reader.read(limit, after),
      async commit(page, refused) {
        if (failures-- > 0) throw new AuditorError('journal-full', 'the disk is full')
        return reader.commit(page, refused)
      },
    },
    wake$: journal.wake$,
    clock,
    log: { debug: say, info: say, warn: say, error: say },
  })
  supervisor.start(shipper)
  journal.append(records(4))
  await clock.advance(10_000)
  const { state, lastError } = shipper.status()
  assert.deepEqual({ state, lastError }, { state: 'retrying', lastError: 'the disk is full' })
  await untilQuiet(clock)
  assert.equal(calls.length, 1)
  assert.equal(shipper.status().delivered, 4)
  assert.deepEqual(lines, [
    'sink sink waits for the journal, trying again: the disk is full',
    'sink sink goes on: the journal answers again',
  ])
  await supervisor.stop()
})
