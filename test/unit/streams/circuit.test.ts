import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCircuit } from '../../../src/streams/circuit.ts'
import { createManualClock } from '../../support/manual-clock.ts'

test('opens after so many deadlines in a row, not after errors or with answers between', () => {
  const circuit = createCircuit({ clock: createManualClock(), deadlines: 3 })
  for (let index = 0; index < 10; index++) circuit.failed(false)
  circuit.failed(true)
  circuit.failed(true)
  circuit.answered()
  circuit.failed(true)
  circuit.failed(true)
  assert.equal(circuit.allows(), true)
  circuit.failed(true)
  assert.equal(circuit.allows(), false)
})

test('lets one question through when it was open long enough, and all after an answer', async () => {
  const clock = createManualClock()
  const circuit = createCircuit({ clock, deadlines: 1, openMs: 100 })
  circuit.failed(true)
  await clock.advance(99)
  assert.equal(circuit.allows(), false)
  await clock.advance(1)
  assert.deepEqual([circuit.allows(), circuit.allows()], [true, false])
  circuit.failed(false)
  assert.equal(circuit.allows(), false)
  await clock.advance(100)
  assert.equal(circuit.allows(), true)
  circuit.answered()
  assert.deepEqual([circuit.allows(), circuit.allows()], [true, true])
})
