import type { Seq } from '../model/entry.ts'
import type { Break } from './verdict.ts'

/** Breaks that are told; the others are counted. */
const MOST_TOLD = 20

/** The breaks with the lowest places, and how many there are. */
export interface BreakList {
  tell(this: void, found: Break): void
  /** Some that are not told one by one. */
  count(more: number): void
  /** Forgets those above a place, which were counted a moment ago. */
  forgetAbove(seq: Seq): void
  readonly breakCount: number
  /** In the order of their places. */
  readonly breaks: readonly Break[]
}

export function createBreakList(): BreakList {
  let list: Break[] = []
  let breakCount = 0

  function ordered(): Break[] {
    return list.toSorted((one, other) => one.seq - other.seq).slice(0, MOST_TOLD)
  }

  return {
    tell(found) {
      breakCount += 1
      list.push(found)
      if (list.length >= 2 * MOST_TOLD) list = ordered()
    },
    count(more) {
      breakCount += more
    },
    forgetAbove(seq) {
      const kept = list.filter((found) => found.seq <= seq)
      breakCount -= list.length - kept.length
      list = kept
    },
    get breakCount() {
      return breakCount
    },
    get breaks() {
      return ordered()
    },
  }
}
