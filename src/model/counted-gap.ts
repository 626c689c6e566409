import { markerOf } from './entry-factory.ts'
import type { EngineRef, Entry, GapCause, Marker } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** How many events of an earlier gap were lost, as the engine's own count tells later. */
export interface CountedGap {
  readonly from: Nanoseconds
  readonly to: Nanoseconds
  /** 0: nothing was lost. */
  readonly count: number
  /** Of the gap; where several are counted together, of the first. */
  readonly cause: GapCause
}

export function countedGap({
  time,
  engine,
  from,
  to,
  count,
  cause,
}: CountedGap & { readonly time: Nanoseconds; readonly engine: EngineRef }): Marker {
  const data = { from: String(from), to: String(to), count, cause }
  return markerOf({ time, engine, marker: 'gap-counted', data })
}

export function countedGapOf(entry: Entry): CountedGap | undefined {
  if (entry.kind !== 'marker' || entry.marker !== 'gap-counted') return undefined
  const { from, to, count, cause } = entry.data
  return {
    from: BigInt(from ?? 0),
    to: BigInt(to ?? 0),
    count: Number(count),
    cause: String(cause) as GapCause,
  }
}
