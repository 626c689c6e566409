import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import type { ReaderQueue } from './port.ts'

/** When the engine may have dropped events for this reader, by the engine's clock. */
export interface Overflow {
  readonly from: Nanoseconds
  readonly to: Nanoseconds
}

export interface OverflowWatch {
  /** Bytes were taken; the events told next were in them. */
  read(): void
  /** An event was read. Answers when events that stood right behind it may have been dropped. */
  event(event: {
    readonly time: Nanoseconds
    readonly scope?: string | undefined
  }): Overflow | undefined
}

export interface OverflowOptions {
  /** What the engine holds for a reader that does not read. */
  readonly queue: ReaderQueue
  /** Events before are the history, which takes no slots. */
  readonly liveFrom: Nanoseconds
  /** The engine's clock: as late as it can be by now. */
  readonly engineNow: () => Nanoseconds
}

/** Neighbours are never so far out of order: an older event than that shows a clock set back. */
const SET_BACK: Nanoseconds = 5_000_000_000n

/**
 * Finds out when an engine that drops events without a word may have done so.
 *
 * Docker drops an event for a reader after it has waited 100 ms for one of 1,024 slots. At that
 * moment all slots hold events that happened before the dropped one, and all of them are read
 * later. So where an event was dropped at the time t, 1,024 events in a row happened before t and
 * were read after t + 100 ms. Turned round: behind the last of 1,024 events in a row, something can be
 * missing only from its own time on, and until 100 ms before the first of them was read. Where that
 * is no time at all, nothing is missing.
 *
 *     happened   abcd...x          the 1,024 events a to x
 *     read                    abcd...x
 *     dropped            ?????           100 ms before the reading of a
 *
 * That holds however slow the reader is, not only where it stops; what the connection holds beside
 * the slots makes it say too much, never too little. It follows a clock that is set: no event is
 * read before it happened, and none is 5 s older than its neighbours. Events of swarm scope have
 * the clocks of others and are counted only.
 *
 * Bound: the moments of the last 1,024 readings.
 */
export function createOverflowWatch(options: OverflowOptions): OverflowWatch {
  const { liveFrom, engineNow } = options
  const { slots } = options.queue
  const wait = nanosFromMillis(options.queue.waitMs)
  /** When the last events were read, in a circle. */
  let reads: Nanoseconds[] = []
  let count = 0
  /** How much the engine's clock was set since it was asked. */
  let wasSet: Nanoseconds = 0n
  let readAt: Nanoseconds = 0n
  let newest: Nanoseconds = 0n
  /** Up to here it was told. */
  let told: Nanoseconds = 0n
  let isLive = false

  function setTo(time: Nanoseconds): void {
    wasSet += time - readAt
    readAt = time
  }

  function follow(time: Nanoseconds): void {
    if (time > readAt) setTo(time)
    else if (time < newest - SET_BACK) {
      setTo(time)
      reads = []
      count = 0
      newest = told = time
    }
    if (time > newest) newest = time
  }

  return {
    read() {
      readAt = engineNow() + wasSet
    },
    event({ time, scope }) {
      if (!isLive && time < liveFrom) return undefined
      if (scope !== 'swarm') {
        isLive = true
        follow(time)
      }
      reads[count % slots] = readAt
      count++
      if (count < slots) return undefined
      const until = reads[count % slots]! - wait
      if (newest > until || until <= told) return undefined
      told = engineNow() + wasSet
      return { from: newest, to: told }
    },
  }
}
