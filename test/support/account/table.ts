import { formatNanos } from '../../../src/model/time.ts'
import { fates, type Account } from './types.ts'

const WHOLE = 3
const GAPS = 12

/** The account as text: counts for each fate and place, gaps, faults with the first ones in full. */
export function tableOf(account: Account): string {
  const { events, others, inferred, places, gaps, faults } = account
  const all = [...places.values()]
  const happened = fates.filter(
    (fate) => fate === 'unexplained' || all.some((place) => (place.fates.get(fate) ?? 0) > 0),
  )
  const rows = [
    ['', ...places.keys()],
    ...happened.map((fate) => [fate, ...all.map((place) => figure(place.fates.get(fate) ?? 0))]),
    ['sum', ...all.map((place) => figure(sum(place.fates.values())))],
    ['(repeated)', ...all.map(({ repeated }) => figure(repeated))],
  ]
  return [
    `account of ${figure(events)} events and ${figure(others)} other entries, ${figure(inferred)} of them inferred`,
    ...aligned(rows),
    `gaps: ${gaps.length}`,
    ...gaps.slice(0, GAPS).map((each) => `  ${gapText(each)}`),
    ...(gaps.length > GAPS ? [`  and ${gaps.length - GAPS} more`] : []),
    `faults: ${faults.length}`,
    ...faults.slice(0, WHOLE).map(({ what, detail }) => `  ${what}: ${detail}`),
  ].join('\n')
}

function gapText({ gap, lost, kept }: Account['gaps'][number]): string {
  const seconds = Number(gap.to - gap.from) / 1e9
  const count = gap.count === undefined ? '' : `, says ${gap.count}`
  return `${gap.cause}, ${gap.certainty}, ${formatNanos(gap.from)} + ${seconds.toFixed(3)} s${count}: ${lost} lost, ${kept} not`
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('  '),
  )
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)
const figure = (value: number): string => value.toLocaleString('en-US')
