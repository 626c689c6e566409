import { stripVTControlCharacters } from 'node:util'
import { write, type Terminal } from './streams.ts'

/** How a read command prints its rows. */
export const outputFormats = ['table', 'json', 'ndjson', 'csv'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** One column: its heading, the cell for people, and the name and value for programs. */
interface Column<R> {
  readonly heading: string
  readonly name: string
  readonly value: (row: R) => string | number | boolean | null | undefined
  /** Text for tables, where it differs from the value. */
  readonly cell?: (row: R) => string
  /** Characters, where the rows to come can't be looked at; default: as many as the heading has. */
  readonly width?: number
}

export interface Printable<R> {
  readonly columns: readonly Column<R>[]
  /** The whole row for json and ndjson; default: the columns' values by name. */
  readonly json?: (row: R) => string
  /** Said on stderr when a table has no rows. */
  readonly empty: string
  /** Rows come as they happen: each is printed at once, a table in columns of their `width`. */
  readonly isLive?: boolean
}

/**
 * Prints rows as they come: only a table's column widths need a look ahead, of 200 rows.
 *
 * @param signal when it is aborted, the rest is not printed and its reason thrown
 */
export async function print<R>(
  terminal: Terminal,
  format: OutputFormat,
  rows: AsyncIterable<R> | Iterable<R>,
  printable: Printable<R>,
  signal: AbortSignal,
): Promise<void> {
  const lines =
    format === 'table'
      ? tableLines(rows, printable, () => void terminal.stderr.write(`${printable.empty}\n`))
      : format === 'csv'
        ? csvLines(rows, printable)
        : jsonLines(rows, printable, format === 'json')
  for await (const line of lines) {
    signal.throwIfAborted()
    if (!(await write(terminal.stdout, line))) return
  }
}

const toJson = <R>(row: R, { json, columns }: Printable<R>): string =>
  json?.(row) ??
  JSON.stringify(Object.fromEntries(columns.map((c) => [c.name, c.value(row) ?? null])))

async function* jsonLines<R>(
  rows: AsyncIterable<R> | Iterable<R>,
  printable: Printable<R>,
  array: boolean,
): AsyncGenerator<string> {
  let first = true
  for await (const row of rows) {
    yield array
      ? `${first ? '[\n' : ',\n'}${toJson(row, printable)}`
      : `${toJson(row, printable)}\n`
    first = false
  }
  if (array) yield first ? '[]\n' : '\n]\n'
}

async function* csvLines<R>(
  rows: AsyncIterable<R> | Iterable<R>,
  { columns }: Printable<R>,
): AsyncGenerator<string> {
  yield `${columns.map((column) => csvCell(column.name)).join(',')}\r\n`
  for await (const row of rows) {
    yield `${columns.map((column) => csvCell(String(column.value(row) ?? ''))).join(',')}\r\n`
  }
}

/** RFC 4180; a leading =, +, - or @ of a text is defused, since spreadsheets would run it. */
function csvCell(text: string): string {
  const safe = /^[=+@-]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const LOOK_AHEAD = 200

async function* tableLines<R>(
  rows: AsyncIterable<R> | Iterable<R>,
  { columns, isLive = false }: Printable<R>,
  onEmpty: () => void,
): AsyncGenerator<string> {
  const cells = (row: R): string[] =>
    columns.map((column) => printableText(column.cell?.(row) ?? String(column.value(row) ?? '')))
  let widths: number[] | undefined
  let waiting: string[][] = [columns.map((column) => column.heading)]
  const flush = (): string => {
    widths = columns.map((_, i) => Math.min(60, Math.max(...waiting.map((row) => width(row[i]!)))))
    const text = waiting.map((row) => line(row, widths!)).join('')
    waiting = []
    return text
  }
  let count = 0
  if (isLive) {
    widths = columns.map(({ heading, width: least = 0 }) => Math.max(heading.length, least))
    yield line(waiting[0]!, widths)
  }
  for await (const row of rows) {
    count += 1
    if (widths !== undefined) {
      yield line(cells(row), widths)
      continue
    }
    waiting.push(cells(row))
    if (waiting.length > LOOK_AHEAD) yield flush()
  }
  if (count === 0 && !isLive) onEmpty()
  else if (widths === undefined) yield flush()
}

const line = (cells: readonly string[], widths: readonly number[]): string =>
  `${cells
    .map((cell, i) => pad(cell, widths[i]!))
    .join('  ')
    .trimEnd()}\n`

const width = (text: string): number => Array.from(stripVTControlCharacters(text)).length

const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)))

/** Names and labels may hold anything: control characters must not reach a terminal. */
export function printableText(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, (char) => {
    if (char === '\n') return '\\n'
    return `\\u{${char.codePointAt(0)!.toString(16)}}`
  })
}
