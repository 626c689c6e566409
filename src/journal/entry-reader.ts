import { decodeEntry } from '../model/entry-codec.ts'
import type { Sequenced } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Nanoseconds } from '../model/time.ts'
import { damageGap } from './damage.ts'
import type { ReadEntry } from './rows.ts'

/** Turns what was read into entries. */
export interface EntryReader {
  /** A damaged entry becomes a gap in its place; it is counted and logged. */
  entry(read: ReadEntry): Sequenced
  readonly damaged: number
}

export function createEntryReader(log: Log): EntryReader {
  let damaged = 0

  function inPlaceOf(read: ReadEntry, time: Nanoseconds, reason: string): Sequenced {
    damaged += 1
    log.error({ seq: read.seq, reason }, `entry ${read.seq} of the journal is damaged: ${reason}`)
    return { ...damageGap(time), seq: read.seq }
  }

  return {
    get damaged() {
      return damaged
    },
    entry(read) {
      if ('damaged' in read) {
        return inPlaceOf(read, read.damaged.time, 'its hash does not match what is on disk')
      }
      try {
        const { seq, seal } = read
        const entry = decodeEntry(read.body)
        return seal === undefined ? { ...entry, seq } : { ...entry, seq, seal }
      } catch (thrown) {
        return inPlaceOf(read, 0n, asError(thrown).message)
      }
    },
  }
}
