/** What `npm run bench -- --rows N --runs N` sets. */
export interface Options {
  /** How large a grown table is, where a case grows one. */
  readonly rows: number
  /** How often each measurement is repeated. */
  readonly runs: number
}

/** One benchmark: runs in a process of its own, started with `--expose-gc`. */
export interface Case {
  /** One sentence: what is measured, beside what. */
  readonly summary: string
  run(options: Options): Promise<readonly Row[]>
}

/** One measured figure: one line of the table. */
export interface Row {
  readonly figure: string
  readonly unit: string
  /** One a run. */
  readonly values: readonly number[]
  /** The same work done barely, in the same runs; the ratio is of the medians. */
  readonly beside?: { readonly what: string; readonly values: readonly number[] }
  readonly aim?: Aim
}

/** What the figure has to be, or its ratio to what it is beside. Without a bound it is only told. */
export interface Aim {
  readonly of: 'median' | 'ratio'
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Summary {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** @throws RangeError without values */
export function summaryOf(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('no values were measured')
  const sorted = [...values].sort((a, b) => a - b)
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! }
}

/** Median of the figure by median of what it is beside. */
export function ratioOf(row: Row): number | undefined {
  if (row.beside === undefined) return undefined
  return summaryOf(row.values).median / summaryOf(row.beside.values).median
}

/** Whether the aim is met; `undefined` without an aim. */
export function isMet(row: Row): boolean | undefined {
  const { aim } = row
  if (aim === undefined) return undefined
  const value = aim.of === 'ratio' ? ratioOf(row) : summaryOf(row.values).median
  if (value === undefined) throw new TypeError(`${row.figure}: a ratio is aimed at, beside nothing`)
  return value >= (aim.atLeast ?? -Infinity) && value <= (aim.atMost ?? Infinity)
}
