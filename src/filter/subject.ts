import type { Nanoseconds } from '../model/time.ts'

/**
 * What filters are asked of: a kind of rows (entries, runs) and the fields they have. One declaration
 * gives the predicate, the SQL, the messages and the table in docs/filter.md.
 */
export interface Subject<Row> {
  /** What its rows are called: `entries`. */
  readonly rows: string
  readonly fields: readonly Field<Row>[]
  /** The field `label.NAME`, where rows have labels. */
  readonly label?: (name: string) => TextField<Row>
  /** The field of type `time` that `since:` and `until:` are about. */
  readonly moment: string
  /** A bare word is somewhere in one of these fields, or begins one. */
  readonly word: { readonly within: readonly string[]; readonly begins: readonly string[] }
}

export type Field<Row> =
  TextField<Row> | EnumField<Row> | NumberField<Row> | BooleanField<Row> | NanosField<Row>

export type Value = string | number | bigint | boolean

interface Common<Row, V extends Value> {
  readonly name: string
  readonly aliases?: readonly string[]
  /** For people, in Markdown. */
  readonly about: string
  /** `undefined` where the row has no such value: no term about it is true then. */
  read(row: Row): V | readonly V[] | undefined
  /**
   * The same value as an expression; NULL where there is none. With `many` a SELECT of one column named
   * `value`, of no NULLs. Booleans are 1 and 0, times and durations integers of nanoseconds. It must
   * hold no text of users: that goes into `params`.
   */
  readonly sql: string
  /** For the `?` of the expression. */
  readonly params?: readonly string[]
  /** `read` gives an array: a term is true where it is true of one of the values. */
  readonly many?: true
}

export interface TextField<Row> extends Common<Row, string> {
  readonly type: 'text'
  /** Values are asked for by their beginnings. */
  readonly begins?: true
  /** The field that is meant instead where the pattern has a colon in it. */
  readonly withColon?: TextField<Row>
}

interface EnumField<Row> extends Common<Row, string> {
  readonly type: 'enum'
  readonly values: readonly string[]
}

interface NumberField<Row> extends Common<Row, number> {
  /** Whole. */
  readonly type: 'number'
  /** Words for some of the numbers, in capitals. */
  readonly words?: ReadonlyMap<string, number>
}

interface BooleanField<Row> extends Common<Row, boolean> {
  readonly type: 'boolean'
}

interface NanosField<Row> extends Common<Row, Nanoseconds> {
  readonly type: 'time' | 'duration'
}
