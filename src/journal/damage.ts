import { encodeEntry } from '../model/entry-codec.ts'
import { gapOf } from '../model/entry-factory.ts'
import type { Gap } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/** Stands in the place of an entry whose bytes changed on disk: it is lost, and says so. */
export function damageGap(time: Nanoseconds): Gap {
  return gapOf({ from: time, to: time, cause: 'journal-damage', certainty: 'certain', count: 1 })
}

export function writtenDamage(time: Nanoseconds): string {
  return encodeEntry(damageGap(time))
}
