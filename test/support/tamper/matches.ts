import assert from 'node:assert/strict'
import type { Break } from '../../../src/query/verdict.ts'
import type { Expected } from './sql-changes.ts'

/** The break that is told first is the one that was made. */
export function assertFirst(
  breaks: readonly Break[],
  { seq, kinds, orNext, orPrevious }: Expected,
): void {
  const [first] = breaks
  assert.ok(first !== undefined, 'it was not found')
  const told = `${first.kind} ${first.seq}..${first.to ?? first.seq}: ${first.detail}`
  assert.ok(kinds.includes(first.kind), `${told}, not ${kinds.join(' or ')}`)
  const [low, high] = [orPrevious === true ? seq - 1 : seq, orNext === true ? seq + 1 : seq]
  // Of a chain computed anew it is known only between which places it was changed.
  const to = first.kind === 'recomputed' ? (first.to ?? first.seq) : first.seq
  const isThere = to >= low && first.seq <= high
  assert.ok(isThere, `${told}, not at ${seq}`)
}
