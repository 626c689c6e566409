import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createScanNote } from '../../../src/cli/scan-note.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createTerminal } from '../../support/terminal.ts'

test('a long look through the journal says how far it is, on a terminal, and leaves nothing behind', async () => {
  const clock = createManualClock()
  const terminal = createTerminal()
  Object.assign(terminal.stderr, { isTTY: true })
  const note = createScanNote(terminal, clock)
  note.update(0.1)
  note.clear()
  assert.equal(terminal.printed.stderr, '', 'what is quick says nothing')
  await clock.advance(600)
  note.update(0.256)
  note.update(0.3)
  await clock.advance(200)
  note.update(1)
  note.clear()
  note.clear()
  assert.deepEqual(terminal.printed.stderr.split('\r\u001B[K'), [
    '',
    'looking through the journal: 25 %',
    'looking through the journal: 99 %',
    '',
  ])
})

test('where stderr is no terminal nothing is said', async () => {
  const clock = createManualClock()
  const terminal = createTerminal()
  const note = createScanNote(terminal, clock)
  await clock.advance(10_000)
  note.update(0.5)
  note.clear()
  assert.equal(terminal.printed.stderr, '')
})
