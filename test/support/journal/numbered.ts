import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Marker } from '../../../src/model/entry.ts'

const START = 1_700_000_000_000_000_000n

/** Entries that tell themselves apart: number `n` happened `n` ms after a moment. */
export function numbered(n: number, text = ''): Marker {
  const time = START + BigInt(n) * 1_000_000n
  return markerOf({ time, marker: 'line-undecodable', data: { number: n, text } })
}
