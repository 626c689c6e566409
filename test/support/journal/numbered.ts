import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry, Marker } from '../../../src/model/entry.ts'

/** Those and not the journal's own. */
export const isNumbered = (entry: Entry): entry is Marker =>
  entry.kind === 'marker' && entry.marker === 'line-undecodable'

const START = 1_700_000_000_000_000_000n

/** Entries that tell themselves apart: number `n` happened `n` ms after a moment. */
export function numbered(n: number, text = ''): Marker {
  const time = START + BigInt(n) * 1_000_000n
  return markerOf({ time, marker: 'line-undecodable', data: { number: n, text } })
}
