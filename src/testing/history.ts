import type { SentEvent } from './event.ts'

/**
 * The engine's memory of events: a ring in the order of appending [moby daemon/events/events.go].
 */
export interface History {
  append(event: SentEvent): void
  /**
   * The scan goes from the newest to the oldest and stops at the first event older than `since`;
   * events after `until` are passed over. Both ends are included. Neither given: nothing.
   */
  between(since: bigint | undefined, until: bigint | undefined): SentEvent[]
  clear(): void
  readonly size: number
}

export function createHistory(capacity: number): History {
  let events: SentEvent[] = []
  return {
    append(event) {
      events.push(event)
      if (events.length > capacity) events.shift()
    },
    between(since, until) {
      if (since === undefined && until === undefined) return []
      const found: SentEvent[] = []
      for (const event of events.toReversed()) {
        if (since !== undefined && event.time < since) break
        if (until === undefined || event.time <= until) found.push(event)
      }
      return found.reverse()
    },
    clear() {
      events = []
    },
    get size() {
      return events.length
    },
  }
}
