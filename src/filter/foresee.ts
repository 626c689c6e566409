import type { Bound } from './bound.ts'
import { predicateOf } from './predicate.ts'

/** Whether a row will be passed; `undefined` where that depends on what is not known of it yet. */
export type Foresight<Row> = (row: Row) => boolean | undefined

/** @param unknown names of fields whose values will be others than those of the rows it is asked of */
export function foresee<Row>(bound: Bound<Row>, unknown: ReadonlySet<string>): Foresight<Row> {
  switch (bound.op) {
    case 'all':
      return () => true
    case 'and':
    case 'or': {
      const decisive = bound.op === 'or'
      const parts = bound.parts.map((part) => foresee(part, unknown))
      return (row) => {
        const answers = parts.map((part) => part(row))
        if (answers.includes(decisive)) return decisive
        return answers.includes(undefined) ? undefined : !decisive
      }
    }
    case 'not': {
      const part = foresee(bound.part, unknown)
      return (row) => {
        const answer = part(row)
        return answer === undefined ? undefined : !answer
      }
    }
    case 'test':
      return unknown.has(bound.field.name) ? () => undefined : predicateOf(bound)
  }
}
