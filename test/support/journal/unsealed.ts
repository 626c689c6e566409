import assert from 'node:assert/strict'
import type { Sequenced } from '../../../src/model/entry.ts'

/** Entries read from a journal, as they were before: each must have a seal, and all the same epoch. */
export function unsealed(entries: readonly Sequenced[]): Sequenced[] {
  const epochs = new Set(entries.map(({ seal }) => seal?.epoch))
  assert.ok(epochs.size <= 1 && !epochs.has(undefined), `epochs: ${[...epochs].join()}`)
  return entries.map(({ seal, ...entry }) => {
    assert.match(seal!.hash, /^[0-9a-f]{64}$/)
    return entry
  })
}
