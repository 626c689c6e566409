import type { Gap, Sequenced } from '../../../src/model/entry.ts'
import type { Fault } from './types.ts'
import { covers, needless, understated, type AccountedGap, type Lost } from './gaps.ts'
import { toldBy, type Told } from './told.ts'

/** The same event under two ids, or two places. */
export function journaledTwice(entries: readonly Sequenced[]): Fault[] {
  const seen = new Map<string, number>()
  const faults: Fault[] = []
  for (const entry of entries) {
    const observed = entry.kind === 'record' && entry.origin === 'observed'
    const key = observed ? toldBy(entry.engine.id, entry.event.line).id : entry.id
    const before = seen.get(key)
    if (before === undefined) seen.set(key, entry.seq)
    else {
      faults.push({ what: 'journaled twice', detail: `places ${before} and ${entry.seq}: ${key}` })
    }
  }
  return faults
}

/** Records of events that nobody else heard, in the time the listener was there. */
export function neverTold(
  { id, all }: { readonly id: string; readonly all: ReadonlyMap<string, Told> },
  entries: readonly Sequenced[],
): Fault[] {
  const times = [...all.values()].map(({ time }) => time)
  const first = times.reduce((a, b) => (a < b ? a : b), times[0] ?? 0n)
  const last = times.reduce((a, b) => (a > b ? a : b), times[0] ?? 0n)
  return entries
    .filter((entry) => entry.kind === 'record' && entry.origin === 'observed')
    .filter((entry) => entry.engine?.id === id && !all.has(entry.id))
    .filter(({ time }) => first < time && time < last)
    .map((entry) => ({ what: 'never told by the engine', detail: `${entry.seq}: ${entry.id}` }))
}

/** The gaps that are for everybody, each with what is missing in it and what is not. */
export function accountGaps(
  gaps: readonly Sequenced<Gap>[],
  events: readonly Lost[],
  lost: readonly Lost[],
): AccountedGap[] {
  const isLost = new Set(lost.map(({ id }) => id))
  return gaps
    .filter(({ sink }) => sink === undefined)
    .map((gap) => {
      const within = events.filter(({ engineId, time }) => covers(gap, engineId, time))
      const kept = within.filter(
        ({ id, time }) => !isLost.has(id) && gap.from < time && time < gap.to,
      )
      return { gap, lost: within.filter(({ id }) => isLost.has(id)).length, kept: kept.length }
    })
}

/** Gaps that say too little, or should not be there. */
export function gapFaults(parts: {
  readonly gaps: readonly AccountedGap[]
  readonly lost: readonly Lost[]
  readonly entries: readonly Sequenced[]
  readonly engines: readonly {
    readonly id: string
    readonly all: ReadonlyMap<string, Told>
    readonly remembers?: number
    readonly forgotAt?: readonly bigint[]
  }[]
}): Fault[] {
  const { gaps, lost, entries, engines } = parts
  const faults: Fault[] = []
  for (const accounted of gaps) {
    const { id, engine } = accounted.gap
    const tooFew = understated(
      accounted,
      lost,
      gaps.map(({ gap }) => gap),
    )
    if (tooFew !== undefined) faults.push({ what: 'understated gap', detail: `${id} ${tooFew}` })
    const speaker = engines.find((each) => each.id === engine?.id)
    if (speaker?.remembers === undefined) continue
    const { all, remembers, forgotAt = [] } = speaker
    const why = needless(accounted, entries, [...all.values()], remembers, forgotAt)
    if (why !== undefined) faults.push({ what: 'needless gap', detail: `${id}: ${why}` })
  }
  return faults
}
