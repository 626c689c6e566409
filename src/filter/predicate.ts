import type { Bound, Check, Range, Test } from './bound.ts'
import { compileGlob } from './glob.ts'
import type { Value } from './subject.ts'

type Predicate<Row> = (row: Row) => boolean

/** The filter as a function, made once and asked per row. */
export function predicateOf<Row>(bound: Bound<Row>): Predicate<Row> {
  switch (bound.op) {
    case 'all':
      return () => true
    case 'and': {
      const parts = bound.parts.map(predicateOf)
      return (row) => parts.every((part) => part(row))
    }
    case 'or': {
      const parts = bound.parts.map(predicateOf)
      return (row) => parts.some((part) => part(row))
    }
    case 'not': {
      const part = predicateOf(bound.part)
      return (row) => !part(row)
    }
    case 'test':
      return testOf(bound)
  }
}

function testOf<Row>({ field, checks, negated }: Test<Row>): Predicate<Row> {
  const compiled = checks.map(compileCheck)
  const [only = () => false, ...more] = compiled
  const matches = more.length === 0 ? only : (value: Value) => compiled.some((each) => each(value))
  return (row) => {
    const value = field.read(row)
    if (value === undefined) return false
    if (!isMany(value)) return matches(value) !== negated
    return negated ? value.length > 0 && !value.some(matches) : value.some(matches)
  }
}

function isMany(value: Value | readonly Value[]): value is readonly Value[] {
  return typeof value === 'object'
}

function compileCheck(check: Check): (value: Value) => boolean {
  switch (check.check) {
    case 'pattern': {
      const matches = compileGlob(check.pattern)
      return (value) => matches(value as string)
    }
    case 'one-of': {
      const { values } = check
      return (value) => values.includes(value)
    }
    case 'range':
      return (value) => isIn(value as number | bigint, check)
  }
}

function isIn(value: number | bigint, { low, high }: Range): boolean {
  if (low !== undefined && !(low.included ? value >= low.value : value > low.value)) return false
  return high === undefined || (high.included ? value <= high.value : value < high.value)
}
