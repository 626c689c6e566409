import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { note } from './property.ts'

/**
 * A property that never fails proves nothing: it must find a bug that was planted for it. The seed
 * is fixed, so that a run that finds it goes on finding it.
 */
export async function assertCaught<Ts>(
  property: fc.IAsyncProperty<Ts> | fc.IProperty<Ts>,
  numRuns = 500,
  seed = 20261122,
): Promise<void> {
  const found = await fc.check(property, { numRuns, seed, endOnFailure: true })
  note(found, true)
  assert.ok(found.failed, `no counterexample in ${found.numRuns} runs`)
}
