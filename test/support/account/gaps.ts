import type { Gap, Sequenced } from '../../../src/model/entry.ts'
import type { Told } from './told.ts'

/** An event that is not in the journal, and the engine it came from. */
export interface Lost extends Told {
  readonly engineId: string
}

/** A gap with what it stands for. */
export interface AccountedGap {
  readonly gap: Sequenced<Gap>
  /** Events within it that are not in the journal. */
  readonly lost: number
  /** Events strictly within it that are: an interval that is wider than it need be. */
  readonly kept: number
}

/** Whether the gap tells that something may be missing at that engine and time, for everybody. */
export function covers(gap: Gap, engineId: string, time: bigint): boolean {
  if (gap.sink !== undefined) return false
  if (gap.engine !== undefined && gap.engine.id !== engineId) return false
  return gap.from <= time && time <= gap.to
}

/** A gap with a number says no less than is missing in it, as far as no other gap says so too. */
export function understated(
  { gap }: AccountedGap,
  lost: readonly Lost[],
  gaps: readonly Gap[],
): string | undefined {
  if (gap.count === undefined) return undefined
  const own = lost.filter(
    ({ engineId, time }) =>
      covers(gap, engineId, time) &&
      !gaps.some((other) => other.id !== gap.id && covers(other, engineId, time)),
  )
  return own.length <= gap.count ? undefined : `says ${gap.count}, ${own.length} are missing`
}

/** The connection is made within this time after its marker. */
const SOON = 1_000_000_000n

/**
 * Why a gap should not be there: the engine still remembered everything since, when the agent came
 * back (P2). Asked only where it is beyond doubt; `undefined` where it is not.
 *
 * @param remembers how many events the engine remembers
 * @param forgotAt when it lost its memory
 */
export function needless(
  { gap, lost }: AccountedGap,
  entries: readonly Sequenced[],
  told: readonly Told[],
  remembers: number,
  forgotAt: readonly bigint[],
): string | undefined {
  if (lost > 0 || (gap.cause !== 'agent-down' && gap.cause !== 'reconnect')) return undefined
  const connected = entries.findLast(
    (entry) =>
      entry.seq < gap.seq &&
      entry.kind === 'marker' &&
      entry.marker === 'engine-connected' &&
      entry.engine?.id === gap.engine?.id,
  )
  if (connected === undefined) return undefined
  const until = (connected.time > gap.to ? connected.time : gap.to) + SOON
  if (forgotAt.some((moment) => gap.from <= moment && moment <= until)) return undefined
  if (!told.some(({ time }) => time <= gap.from)) return undefined // nobody listened back then
  const since = told.filter(({ time }) => gap.from <= time && time <= until).length
  if (since > remembers) return undefined
  return `the engine told ${since} events from there until the agent was back, and remembers ${remembers}`
}
