import assert from 'node:assert/strict'
import type { Break } from '../../../src/query/verdict.ts'
import type { Expected } from './sql-changes.ts'

/** The break that is told first is the one that was made. */
export function assertFirst(breaks: readonly Break[], { seq, kinds, orNext }: Expected): void {
  const [first] = breaks
  assert.ok(first !== undefined, 'it was not found')
  const told = `${first.kind} ${first.seq}..${first.to ?? first.seq}: ${first.detail}`
  assert.ok(kinds.includes(first.kind), `${told}, not ${kinds.join(' or ')}`)
  const isRange = first.kind === 'recomputed'
  const isThere = isRange
    ? first.seq <= seq && seq <= (first.to ?? first.seq)
    : first.seq === seq || (orNext === true && first.seq === seq + 1)
  assert.ok(isThere, `${told}, not at ${seq}`)
}
