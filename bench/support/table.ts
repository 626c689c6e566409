import { isMet, ratioOf, summaryOf, type Aim, type Row } from './case.ts'

const heads = ['case', 'figure', 'min', 'median', 'max', 'unit', 'beside', 'ratio', 'aim', 'met']
const toTheRight = new Set(['min', 'median', 'max', 'ratio'])

/** The rows of all cases as columns of text. */
export function table(results: readonly { readonly name: string; readonly row: Row }[]): string {
  const cells = [heads, ...results.map(({ name, row }) => cellsOf(name, row))]
  const widths = heads.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)))
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          toTheRight.has(heads[column]!)
            ? cell.padStart(widths[column]!)
            : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellsOf(name: string, row: Row): string[] {
  const { min, median, max } = summaryOf(row.values)
  const { beside } = row
  const besideMedian = beside === undefined ? 0 : summaryOf(beside.values).median
  const met = isMet(row)
  return [
    name,
    row.figure,
    ...[min, median, max].map(figure),
    row.unit,
    beside === undefined ? '' : `${beside.what}: ${figure(besideMedian)}`,
    figure(ratioOf(row)),
    row.aim === undefined ? '' : aimText(row.aim),
    met === undefined ? '' : met ? 'yes' : 'NO',
  ]
}

function aimText({ of, atLeast, atMost }: Aim): string {
  const bounds = [
    atLeast === undefined ? '' : `>= ${figure(atLeast)}`,
    atMost === undefined ? '' : `<= ${figure(atMost)}`,
  ]
  return `${of === 'ratio' ? 'ratio ' : ''}${bounds.filter((bound) => bound !== '').join(', ')}`
}

/** Three digits that say something, thousands apart: 1,234,567; 12.3; 0.123. */
function figure(value: number | undefined): string {
  if (value === undefined) return ''
  const size = Math.abs(value)
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
