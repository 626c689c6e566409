import * as fc from 'fast-check'
import type { BreakKind } from '../../../src/query/verdict.ts'

/** Somebody changes what a sink has. */
export interface DocumentChange {
  readonly name: string
  readonly kind: BreakKind
  readonly make: (lines: readonly string[], at: number) => string[]
}

const edit = (name: string, pattern: RegExp, by: string): DocumentChange => ({
  name,
  kind: 'changed',
  make: (lines, at) => lines.with(at, lines[at]!.replace(pattern, by)),
})

const ID = 'f'.repeat(32)

const documentChanges: readonly DocumentChange[] = [
  edit('a field', /"dataset":"docker.audit"/, '"dataset":"docker.audits"'),
  edit('a field that is left out', /,"dataset":"docker.audit"|"dataset":"docker.audit",/, ''),
  edit('one more of our fields', /"dataset"/, '"reason":"because","dataset"'),
  edit('the hash', /"hash":"\w{64}"/, `"hash":"${'0'.repeat(64)}"`),
  edit('the id', /"id":"\w{32}"/, `"id":"${ID}"`),
  { name: 'deleted', kind: 'missing', make: (lines, at) => lines.toSpliced(at, 1) },
  {
    name: 'not readable',
    kind: 'missing',
    make: (lines, at) => lines.with(at, lines[at]!.slice(0, -1)),
  },
  {
    name: 'of another journal',
    kind: 'missing',
    make: (lines, at) => lines.with(at, lines[at]!.replace(/"epoch":"\w{16}"/, '"epoch":"other"')),
  },
  {
    name: 'one more',
    kind: 'inserted',
    make: (lines, at) => [...lines, lines[at]!.replace(/"id":"\w{32}"/, `"id":"${ID}"`)],
  },
]

export const documentChange = fc.constantFrom(...documentChanges)
