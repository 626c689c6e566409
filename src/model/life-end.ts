import type { StateFacts } from './container-facts.ts'
import type { Record } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** How a run or an exec ended, as far as that is certain. */
export interface LifeEnd {
  readonly exitCode?: number
  readonly durationNanos?: Nanoseconds
  /** What inspect said of this very death, where it saw it. */
  readonly state?: StateFacts
}

const NONE: LifeEnd = {}
const NANOS_PER_SECOND = 1_000_000_000n
/** Inspect's answer may be stamped a little after the event it explains... */
const LATEST_AFTER = 10_000_000n
/** ...and the event comes once the engine has cleaned up, which can take seconds. */
const LONGEST_CLEANUP = 10n * NANOS_PER_SECOND
/** Docker 20.10 stamps the start of a short run behind its end: 181 ms were seen. */
const LATEST_STAMP = 1n * NANOS_PER_SECOND
const OVER = new Set(['exited', 'removing', 'dead'])

/**
 * The exit code of `die` and `exec_die`. A container's labels are copied over the engine's own
 * attributes, so where a label shadows one (`label-shadows-attribute`) the attributes prove nothing:
 * the code then comes from inspect, if that saw this very death, and else is left out.
 */
export function outcomeOfLife(record: Record, action: string): LifeEnd {
  if (record.event.type !== 'container') return NONE
  if (action !== 'die' && action !== 'exec_die') return NONE
  const { attributes } = record.event
  const trusted = !record.flags.includes('label-shadows-attribute')
  const state = action === 'die' ? stateOfThisDeath(record) : undefined
  const exitCode = trusted
    ? (wholeNumber(attributes['exitCode']) ?? state?.exitCode)
    : state?.exitCode
  const durationNanos =
    lengthOf(state) ?? (trusted ? seconds(attributes['execDuration']) : undefined)
  return {
    ...(state === undefined ? {} : { state }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(durationNanos === undefined ? {} : { durationNanos }),
  }
}

/** Inspect's state, if it was asked for this event and speaks of the death that just happened. */
function stateOfThisDeath(record: Record): StateFacts | undefined {
  const state = record.container?.state
  if (record.enrichment !== 'fresh' || state?.finishedAt === undefined) return undefined
  const { startedAt = 0n, finishedAt, status } = state
  const isNextRun = startedAt > finishedAt + LATEST_STAMP || !OVER.has(status)
  if (startedAt > finishedAt && isNextRun) return undefined
  const late = record.time - finishedAt
  return late >= -LATEST_AFTER && late <= LONGEST_CLEANUP ? state : undefined
}

function lengthOf(state: StateFacts | undefined): Nanoseconds | undefined {
  if (state?.startedAt === undefined || state.finishedAt === undefined) return undefined
  const length = state.finishedAt - state.startedAt
  return length > 0n ? length : 0n
}

/** Of an attribute that should be one; `undefined` for any other text. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined
}

function seconds(text: string | undefined): Nanoseconds | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? BigInt(text) * NANOS_PER_SECOND : undefined
}
