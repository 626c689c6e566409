import type { EntryId } from '../model/entry.ts'

/** Ids that arrived lately: at least the last `capacity`, at most twice as many. */
export interface RecentIds {
  has(id: EntryId): boolean
  add(id: EntryId): void
}

/**
 * Two generations: when the younger is full it becomes the older, whose ids are forgotten. So
 * adding costs the same at any time.
 */
export function createRecentIds(capacity: number): RecentIds {
  let young = new Set<EntryId>()
  let old = new Set<EntryId>()
  return {
    has: (id) => young.has(id) || old.has(id),
    add(id) {
      if (young.size >= capacity) {
        old = young
        young = new Set()
      }
      young.add(id)
    },
  }
}
