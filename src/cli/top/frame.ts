import type { Standing } from '../../query/overview.ts'
import { lengthText, type Nanoseconds } from '../../model/time.ts'
import { localClock } from '../local-time.ts'
import { fitted } from '../fitted.ts'

export const SORTS = ['trouble', 'name', 'since', 'restarts', 'cause'] as const
export type Sort = (typeof SORTS)[number]

/** What a frame shows. */
export interface TopState {
  readonly standings: readonly Standing[]
  readonly now: Nanoseconds
  readonly sort: Sort
  /** How many rows are scrolled past. */
  readonly offset: number
  /** Of the agent beside it, and of what can't be read. */
  readonly notice: string
  readonly filter: string
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Line {
  readonly text: string
  readonly tone?: 'bold' | 'inverse' | 'red' | 'green' | 'yellow' | 'gray'
}

/** Lines that are no rows: three above, one below. */
const AROUND = 4

/** One screen: never more lines than there are rows, nor a line wider than it is. */
export function frame(state: TopState, size: Size): Line[] {
  const { standings, now, sort, filter, notice } = state
  const count = (what: Standing['state']): number =>
    standings.filter((each) => each.state === what).length
  const loops = standings.filter(({ isLooping }) => isLooping).length
  const sorted = inOrder(standings, sort)
  const room = Math.max(0, size.rows - AROUND)
  const offset = offsetIn(state, size)
  const rows = sorted.slice(offset, offset + room)
  const summary = [
    `auditor top ${localClock(now).slice(0, 8)}`,
    `${standings.length} lineages`,
    `${count('running')} running`,
    `${loops} looping`,
    ...(filter === '' ? [] : [`only ${filter}`]),
  ].join(' · ')
  const more = sorted.length > rows.length ? ` · ${offset + 1}-${offset + rows.length} of ${sorted.length}` : '' // prettier-ignore
  const keys = `q quit · sort: ${SORTS.map((each) => (each === sort ? `[${each}]` : each)).join(' ')}${more}`
  const lines: Line[] = [
    { text: summary, tone: 'bold' },
    { text: notice, tone: 'gray' },
    { text: cells(columns.map(({ heading }) => heading), size.columns), tone: 'inverse' },
    ...rows.map((row) => ({
      text: cells(columns.map(({ cell }) => cell(row, now)), size.columns),
      ...toneOf(row),
    })),
    ...Array.from({ length: room - rows.length }, () => ({ text: '' })),
    { text: keys, tone: 'gray' },
  ] // prettier-ignore
  return lines
    .slice(0, size.rows)
    .map((line) => ({ ...line, text: fitted(line.text, size.columns) }))
}

/** No further than to the last screen. */
export const offsetIn = ({ standings, offset }: TopState, { rows }: Size): number =>
  Math.max(0, Math.min(offset, standings.length - Math.max(1, rows - AROUND)))

const columns: readonly {
  readonly heading: string
  readonly width?: number
  readonly cell: (row: Standing, now: Nanoseconds) => string
}[] = [
  { heading: 'LINEAGE', cell: ({ name }) => name },
  { heading: 'STATE', width: 8, cell: ({ state }) => state },
  {
    heading: 'FOR',
    width: 8,
    cell: ({ since }, now) => (since === undefined ? '?' : lengthText(now > since ? now - since : 0n)),
  },
  { heading: 'RUNS', width: 5, cell: ({ runs }) => String(runs) },
  { heading: 'LAST H', width: 6, cell: ({ restarts }) => (restarts === 0 ? '' : `+${restarts}`) },
  {
    heading: 'LAST END',
    width: 16,
    cell: ({ lastCause = '', exitCode }) => `${lastCause}${exitCode === undefined ? '' : ` ${exitCode}`}`,
  },
  { heading: 'HEALTH', width: 9, cell: ({ health = '' }) => health },
  { heading: 'LOOP', width: 4, cell: ({ isLooping }) => (isLooping ? 'loop' : '') },
] // prettier-ignore

const GAP = 1
const FIXED = columns.reduce((sum, { width }) => sum + (width === undefined ? 0 : width + GAP), 0)
const LEAST_NAME = 10

const cells = (texts: readonly string[], all: number): string =>
  texts
    .map((text, at) => fitted(text, columns[at]!.width ?? Math.max(LEAST_NAME, all - FIXED)))
    .join(' '.repeat(GAP))

function toneOf({ isLooping, state, health }: Standing): Pick<Line, 'tone'> {
  if (isLooping || health === 'unhealthy') return { tone: 'red' }
  if (state === 'running') return { tone: 'green' }
  return state === 'paused' ? { tone: 'yellow' } : {}
}

export const inOrder = (standings: readonly Standing[], sort: Sort): Standing[] =>
  standings.toSorted(orders[sort])

type Order = (a: Standing, b: Standing) => number

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byName: Order = (a, b) => byText(a.name, b.name)
/** Behind all causes. */
const LAST = '~'
/** What is gone troubles nobody. */
const trouble = ({ isLooping, health, restarts, state }: Standing): number =>
  (state === 'removed' ? -1e6 : 0) +
  (isLooping ? 1e9 : 0) +
  (health === 'unhealthy' ? 1e8 : 0) +
  restarts

const orders: { readonly [S in Sort]: Order } = {
  trouble: (a, b) => trouble(b) - trouble(a) || byName(a, b),
  name: byName,
  since: (a, b) => Number((b.since ?? 0n) - (a.since ?? 0n)) || byName(a, b),
  restarts: (a, b) => b.restarts - a.restarts || byName(a, b),
  cause: (a, b) => byText(a.lastCause ?? LAST, b.lastCause ?? LAST) || byName(a, b),
}
