import type { Sequenced } from '../model/entry.ts'
import type { Sink } from './sink.ts'

/** Keeps what it was given, for tests and for embedding. */
export interface MemorySink extends Sink {
  /** The latest entries, oldest first. */
  readonly entries: readonly Sequenced[]
  /** How many were let go because there was no room. */
  readonly dropped: number
  clear(): void
}

/** @param capacity most entries kept; the oldest make room for the newest. Default 10,000. */
export function createMemorySink(name = 'memory', capacity = 10_000): MemorySink {
  const entries: Sequenced[] = []
  let dropped = 0
  return {
    name,
    entries,
    get dropped() {
      return dropped
    },
    clear() {
      entries.length = 0
      dropped = 0
    },
    deliver({ entries: batch }) {
      entries.push(...batch)
      const surplus = Math.max(0, entries.length - capacity)
      entries.splice(0, surplus)
      dropped += surplus
      return Promise.resolve({ status: 'delivered' })
    },
  }
}
