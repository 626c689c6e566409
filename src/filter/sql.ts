import type { Bound, Check, Test } from './bound.ts'
import { literalOf } from './glob.ts'
import type { Value } from './subject.ts'

/** A condition of SQLite. Everything a user wrote is in the parameters. */
export interface SqlCondition {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

type SqlValue = string | number | bigint

/**
 * The filter as a condition, true of the same rows as its predicate. It needs the functions of
 * `sql-functions.ts`. A term about a missing value is NULL, which AND and OR take for false as a WHERE
 * does; NOT is written so that it does, too.
 */
export function sqlOf<Row>(bound: Bound<Row>): SqlCondition {
  switch (bound.op) {
    case 'all':
      return { sql: '1', params: [] }
    case 'and':
    case 'or':
      return joined(bound.parts.map(sqlOf), bound.op === 'and' ? 'AND' : 'OR')
    case 'not': {
      const { sql, params } = sqlOf(bound.part)
      return { sql: `(${sql} IS NOT TRUE)`, params }
    }
    case 'test':
      return testOf(bound)
  }
}

/** In halves, since SQLite limits how deep an expression is nested and `a AND b AND c` nests, too. */
function joined(parts: readonly SqlCondition[], operator: 'AND' | 'OR'): SqlCondition {
  if (parts.length === 1) return parts[0]!
  const middle = Math.ceil(parts.length / 2)
  const left = joined(parts.slice(0, middle), operator)
  const right = joined(parts.slice(middle), operator)
  return {
    sql: `(${left.sql} ${operator} ${right.sql})`,
    params: [...left.params, ...right.params],
  }
}

function testOf<Row>({ field, checks, negated }: Test<Row>): SqlCondition {
  const { many, params = [] } = field
  const source: SqlCondition =
    many === true ? { sql: 'value', params: [] } : { sql: `(${field.sql})`, params }
  const matches = joined(
    checks.map((check) => checkOf(check, source)),
    'OR',
  )
  if (many !== true) {
    if (!negated) return matches
    return {
      sql: `(${source.sql} IS NOT NULL AND NOT ${matches.sql})`,
      params: [...params, ...matches.params],
    }
  }
  const some = `EXISTS (SELECT 1 FROM (${field.sql}) WHERE ${matches.sql})`
  if (!negated) return { sql: some, params: [...params, ...matches.params] }
  return {
    sql: `(EXISTS (${field.sql}) AND NOT ${some})`,
    params: [...params, ...params, ...matches.params],
  }
}

function checkOf(check: Check, { sql, params }: SqlCondition): SqlCondition {
  switch (check.check) {
    case 'pattern': {
      const literal = literalOf(check.pattern)
      if (literal !== undefined) return { sql: `(${sql} = ?)`, params: [...params, literal] }
      return { sql: `filter_glob(?, ${sql})`, params: [check.pattern, ...params] }
    }
    case 'one-of': {
      const marks = check.values.map(() => '?').join(', ')
      return { sql: `(${sql} IN (${marks}))`, params: [...params, ...check.values.map(sqlValue)] }
    }
    case 'range': {
      const { low, high } = check
      const ends: SqlCondition[] = []
      if (low !== undefined) ends.push(endOf(low.included ? '>=' : '>', low.value, { sql, params }))
      if (high !== undefined)
        ends.push(endOf(high.included ? '<=' : '<', high.value, { sql, params }))
      return joined(ends, 'AND')
    }
  }
}

const LEAST = -(1n << 63n)
const MOST = (1n << 63n) - 1n

/** No integer of SQLite is beyond a limit that is beyond them all, and each is within. */
function endOf(
  operator: '<' | '<=' | '>' | '>=',
  value: number | bigint,
  { sql, params }: SqlCondition,
): SqlCondition {
  if (value >= LEAST && value <= MOST)
    return { sql: `${sql} ${operator} ?`, params: [...params, value] }
  const isWithin = value > 0n === operator.startsWith('<')
  return isWithin ? { sql: `${sql} IS NOT NULL`, params } : { sql: '0', params: [] }
}

function sqlValue(value: Value): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value
}
