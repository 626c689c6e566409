import type { AlertEntry } from '../model/alert.ts'
import type { Entry, EntryId } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/** One alert, or the memory of one that was told not long ago. */
export interface OpenAlert {
  readonly rule: string
  /** Of its group, within the rule. */
  readonly key: string
  readonly group: string
  /** False: it is over, and only remembered so that its group is not told of again too soon. */
  isOpen: boolean
  /** Whether people know of it: only what was told is told to be over. */
  isTold: boolean
  opening: EntryId
  since: Nanoseconds
  matches: number
  /** Matches that were not told yet. */
  untold: number
  evidence: readonly EntryId[]
  /** What the last match says. */
  message: string
  engine?: AlertEntry['engine']
  container?: AlertEntry['container']
  lineage?: AlertEntry['lineage']
  /** Findings that have begun and are not over: it lasts as long as they do. */
  holds: readonly string[]
  /** On the time line of `AlertFold`, ms. */
  lastMatch: number
  /** When it was told last that it fires, on the same line. */
  told?: number
}

/** Findings an alert waits for at most; of more the oldest are not waited for. */
const MOST_HOLDS = 100

/** @param from the other state it leaves */
export function holdsAfter(holds: readonly string[], entry: Entry): readonly string[] {
  if (entry.kind !== 'finding' || entry.state === 'noted') return holds
  const hold = JSON.stringify([entry.engine.id, entry.lineage.key, entry.finding])
  const others = holds.filter((each) => each !== hold)
  return entry.state === 'opened' ? [...others, hold].slice(-MOST_HOLDS) : others
}
