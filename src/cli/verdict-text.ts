import { formatNanos } from '../model/time.ts'
import type { Break, ChainVerdict, Run, SinkVerdict } from '../query/verdict.ts'
import { localMoment } from './local-time.ts'
import { printableText } from './output.ts'

/** What `auditor verify` found. */
export interface Verdicts {
  /** What was verified. */
  readonly of: string
  readonly trail: ChainVerdict
  readonly sinks: readonly SinkVerdict[]
}

export const isSound = ({ trail, sinks }: Verdicts): boolean =>
  [trail, ...sinks].every(({ breakCount }) => breakCount === 0)

/** For people. */
export function chainText(of: string, verdict: ChainVerdict): string {
  const { from, to, entries, anchors, epoch, head, breaks, breakCount, proven } = verdict
  const what = to < from ? 'no entries' : `entries ${runText({ from, to })}`
  const lines =
    breakCount === 0
      ? [`✔ ${of}: ${what} follow from each other, ${plural(anchors, 'anchor')} among them`]
      : [
          `✖ ${of}: ${what} (${entries} are there) are broken in ${plural(breakCount, 'place')}`,
          ...breakLines(breaks, breakCount),
          `  still proven: ${proven.length === 0 ? 'nothing' : proven.map(runText).join(', ')}`,
        ]
  return text([...lines, `  epoch ${epoch}, hash of ${to}: ${head}`])
}

export function sinkText(verdict: SinkVerdict): string {
  const { sink, documents, repeated, agreed, pruned, breaks, breakCount, notes } = verdict
  const counts = [
    `${agreed} of ${documents} agree with the journal`,
    ...(repeated === 0 ? [] : [`${repeated} are repeated`]),
    ...(pruned === 0 ? [] : [`${pruned} are of entries pruned since`]),
  ]
  const sign = breakCount === 0 ? '✔' : '✖'
  const broken = breakCount === 0 ? '' : `; ${plural(breakCount, 'break')}`
  return text([
    `${sign} sink ${sink}: ${counts.join(', ')}${broken}`,
    ...breakLines(breaks, breakCount),
    ...notes.map((note) => `  ${note}`),
    `  ${provenText(verdict.proven)}`,
  ])
}

const provenText = (proven: Run | undefined): string =>
  proven === undefined
    ? 'nothing of the journal is proven by it'
    : `the journal is proven by it up to entry ${proven.to}`

function breakLines(breaks: readonly Break[], count: number): string[] {
  const rest = count - breaks.length
  return [
    ...breaks.map((found, at) => `  ${at === 0 ? 'first break: ' : ''}${breakText(found)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ]
}

const words: { readonly [K in Break['kind']]: string } = {
  changed: 'changed',
  missing: 'missing',
  inserted: 'inserted',
  swapped: 'swapped',
  'cut-off': 'cut off',
  recomputed: 'chain computed anew',
}

function breakText({ kind, where, seq, to, id, time, detail }: Break): string {
  const and = kind === 'swapped' ? 'and' : 'to'
  const places = to === undefined ? `entry ${seq}` : `entries ${seq} ${and} ${to}`
  const about = [
    ...(time === undefined ? [] : [localMoment(time)]),
    ...(id === undefined ? [] : [`id ${id}`]),
  ]
  const known = about.length === 0 ? '' : ` (${about.join(', ')})`
  return `${places} ${words[kind]}${where === 'sink' ? ' in the sink' : ''}: ${detail}${known}`
}

const runText = ({ from, to }: Run): string => (from === to ? `${from}` : `${from} to ${to}`)
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
const text = (lines: readonly string[]): string =>
  lines.map((line) => `${printableText(line)}\n`).join('')

/** For programs. */
export function verdictsJson(verdicts: Verdicts): string {
  const { of, trail, sinks } = verdicts
  return `${JSON.stringify({ sound: isSound(verdicts), of, trail, sinks }, withTimes, 2)}\n`
}

const withTimes = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? formatNanos(value) : value
