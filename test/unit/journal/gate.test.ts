import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createGate } from '../../../src/journal/gate.ts'
import { runs } from '../../support/property.ts'

test('callers go through in their order, within the bounds, and nobody is forgotten', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4 }), async (sizes, callers) => {
      const gate = createGate({ callers, bytes: 20 })
      const inside: number[] = []
      const entered: number[] = []
      for (const [caller, bytes] of sizes.entries()) {
        const goThrough = async (): Promise<void> => {
          await gate.enter(bytes)
          inside.push(bytes)
          entered.push(caller)
        }
        void goThrough()
      }
      for (let left = 0; left < sizes.length; left++) {
        await setImmediate()
        const bytes = inside.reduce((sum, each) => sum + each, 0)
        assert.ok(inside.length > 0, 'somebody goes on')
        assert.ok(inside.length <= callers && (bytes <= 20 || inside.length === 1))
        gate.leave(inside.shift()!)
      }
      assert.deepEqual(entered, [...sizes.keys()])
    }),
    runs(100),
  )
})
