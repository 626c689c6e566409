import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SqlCondition } from '../filter/sql.ts'
import type { Seq } from '../model/entry.ts'
import { ENTRY_COLUMNS, ENTRY_TABLES, bytesOf, type EntryRow } from './rows.ts'
import { isDamage } from './unusable.ts'

/** How much is looked at and given out for one answer: others wait for it. */
export interface SearchLimits {
  readonly places: number
  readonly rows: number
  readonly bytes: number
}

interface Place {
  readonly id: Uint8Array
  readonly seq: Seq
}

interface Found {
  readonly rows: readonly EntryRow[]
  /** The entry up to which was looked; absent at the end. */
  readonly lookedTo?: Place
}

/**
 * Looks for the entries between two keys that a condition is true of, within the database: the others
 * are not read out. What is no JSON any more was damaged; it can't be asked, and comes too.
 */
export function createSearch(
  db: DatabaseSync,
  limits: SearchLimits,
): (where: SqlCondition, low: Uint8Array, high: Uint8Array, reverse: boolean) => Found {
  const edgeOf = (order: 'ASC' | 'DESC'): StatementSync =>
    db.prepare(
      `SELECT id, seq FROM entries WHERE id > ? AND id < ? ORDER BY id ${order} LIMIT 1 OFFSET ${limits.places - 1}`,
    )
  const edges = { forwards: edgeOf('ASC'), backwards: edgeOf('DESC') }
  let prepared: { readonly text: string; readonly statement: StatementSync } | undefined

  /** A question is asked page after page. */
  function statementOf(condition: string, reverse: boolean): StatementSync {
    // The end that is looked up is in the range; those of the question are no entries.
    const between = reverse ? 'e.id >= ? AND e.id < ?' : 'e.id > ? AND e.id <= ?'
    const text = `
      SELECT ${ENTRY_COLUMNS} FROM ${ENTRY_TABLES}
      WHERE ${between} AND ${condition}
      ORDER BY e.id ${reverse ? 'DESC' : 'ASC'} LIMIT ${limits.rows}`
    if (prepared?.text !== text) prepared = { text, statement: db.prepare(text) }
    return prepared.statement
  }

  return (where, low, high, reverse) => {
    const edge = (reverse ? edges.backwards : edges.forwards).get(low, high) as Place | undefined
    const ends = reverse ? [edge?.id ?? low, high] : [low, edge?.id ?? high]

    function look(condition: string): Found {
      const rows: EntryRow[] = []
      let bytes = 0
      for (const found of statementOf(condition, reverse).iterate(...ends, ...where.params)) {
        const row = found as unknown as EntryRow
        bytes += bytesOf(row)
        if (rows.length > 0 && bytes > limits.bytes) return { rows, lookedTo: rows.at(-1)! }
        rows.push(row)
      }
      const lookedTo = rows.length === limits.rows ? rows.at(-1)! : edge
      return lookedTo === undefined ? { rows } : { rows, lookedTo }
    }

    try {
      return look(where.sql)
    } catch (thrown) {
      if (isDamage(thrown)) throw thrown
      // An error of SQLite where a text is no JSON: to ask for that everywhere takes longer.
      return look(`CASE WHEN json_valid(e.body) THEN ${where.sql} ELSE 1 END`)
    }
  }
}
