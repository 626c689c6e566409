import type { Entry, EntryId } from '../model/entry.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'

/**
 * What flows between the engine and the journal. A filtered-out event goes on as `Skipped`, so that
 * the resume point moves past it and it is counted.
 */
export type Flowing = Entry | Skipped

export interface Skipped {
  readonly kind: 'skipped'
  readonly engineId: string
  readonly id: EntryId
  readonly time: Nanoseconds
  readonly reason: SkipReason
}

export type SkipReason = 'filter' | 'label' | 'health-check'

/** What is appended in one transaction. Empty entries with a resume point move only the latter. */
export interface Group {
  readonly entries: readonly Entry[]
  readonly resume?: ResumePoint
}
