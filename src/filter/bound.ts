import type { Field, Value } from './subject.ts'
import type { Pattern } from './syntax.ts'

/** A filter whose terms were looked up in a subject and whose values were read. */
export type Bound<Row> =
  | { readonly op: 'all' }
  | { readonly op: 'and' | 'or'; readonly parts: readonly Bound<Row>[] }
  | { readonly op: 'not'; readonly part: Bound<Row> }
  | Test<Row>

/** True where the row has a value and one of the checks is true of it (`negated`: none is). */
export interface Test<Row> {
  readonly op: 'test'
  readonly field: Field<Row>
  readonly checks: readonly Check[]
  readonly negated: boolean
}

export type Check =
  | { readonly check: 'pattern'; readonly pattern: Pattern }
  | { readonly check: 'one-of'; readonly values: readonly Value[] }
  | Range

/** At least one end. Numbers or nanoseconds, both of one type. */
export interface Range {
  readonly check: 'range'
  readonly low?: Limit
  readonly high?: Limit
}

interface Limit {
  readonly value: number | bigint
  /** The limit itself is in the range. */
  readonly included: boolean
}
