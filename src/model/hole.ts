import type { Gap, GapCause } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** An interval in which the trail may have missed events of an engine. */
export interface Hole {
  readonly from: Nanoseconds
  readonly to: Nanoseconds
}

/** The least interval that covers both. */
export function coverBoth(a: Hole | undefined, b: Hole): Hole {
  if (a === undefined) return b
  return { from: a.from < b.from ? a.from : b.from, to: a.to > b.to ? a.to : b.to }
}

/** Gaps behind which an engine's containers may be in another state than the trail says. */
const OF_THE_ENGINE: ReadonlySet<GapCause> = new Set([
  'agent-down',
  'reconnect',
  'engine-restart',
  'overflow',
  'journal-full',
])

/** The hole that a gap tells of; none where a sink, or only what is on disk, missed something. */
export function holeOf(gap: Gap): (Hole & { readonly engineId: string }) | undefined {
  const { engine, sink, cause, from, to } = gap
  if (engine === undefined || sink !== undefined || !OF_THE_ENGINE.has(cause)) return undefined
  return { engineId: engine.id, from, to }
}
