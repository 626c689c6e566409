import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { commands, watchOwn } from '../support/journal/commands.ts'
import { createHarness, type Plant } from '../support/journal/harness.ts'
import { createModel, type Real } from '../support/journal/model.ts'
import { plants } from '../support/journal/plants.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const maxBytes = 1024 * 1024
const maxAgeMs = 60 * 60_000

/**
 * P3, for the journal's part: whatever is appended, read, settled, refused, rewound, retried, pruned
 * and reopened, every entry is delivered to a sink, waits for it, is among its dead letters, or was
 * dropped and is told to it; each is counted once.
 */
const nothingIsLost = (plant?: Plant) =>
  fc.asyncProperty(fc.commands(commands, { size: 'max', maxCommands: 60 }), async (steps) => {
    const harness = createHarness({ maxBytes, maxAgeMs }, plant)
    const real: Real = { harness, maxBytes, maxAgeMs, own: [] }
    watchOwn(real)
    try {
      await fc.asyncModelRun(() => ({ model: createModel(), real }), steps)
      assert.equal(harness.chainFault(), undefined)
    } finally {
      await harness.close()
    }
  })

test('P3: what is accepted is delivered, pending, dead, dropped or discarded, and nothing else', async () => {
  // A failure would be shrunk for ten minutes.
  await fc.assert(nothingIsLost(), { ...runs(200), interruptAfterTimeLimit: 120_000 })
})

for (const [bug, plant] of Object.entries(plants)) {
  test(`the planted bug is found: ${bug}`, async () => {
    await assertCaught(nothingIsLost(plant), 500, 777)
  })
}
