import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Anchors } from './anchors.ts'
import { writing } from './database.ts'
import type { EngineStates } from './engine-states.ts'
import type { EngineWord } from './engine-words.ts'
import type { Ledger } from './ledger.ts'
import type { OwnEntry } from './own-entries.ts'
import { slotsOf, type Packed } from './packed.ts'
import { createResumePointWriter } from './resume-points.ts'

/** A group as it is handed over: plain data. */
export interface WrittenGroup {
  readonly entries: Packed
  readonly resume?: ResumePoint
  /** What its entries say of the engine's containers. */
  readonly words?: readonly EngineWord[]
}

/** Which of a group were new, in the group's order; `undefined` where the journal had it. */
export type Places = readonly (Seq | undefined)[]

interface Added {
  readonly places: readonly Places[]
  /** Stands behind all of them. */
  readonly anchor: OwnEntry | undefined
}

export interface Appender {
  /** All groups in one transaction, on disk when it returns. */
  append(groups: readonly WrittenGroup[], now: Nanoseconds): Added
}

export function createAppender(
  db: DatabaseSync,
  ledger: Ledger,
  anchors: Pick<Anchors, 'afterAppend'>,
  states: EngineStates,
): Appender {
  const keepResumePoint = createResumePointWriter(db)
  return {
    append(groups, now) {
      return writing(db, () => {
        const tail = ledger.tail()
        const changes = states.changes()
        const places = groups.map(({ entries, resume, words }) => {
          const seqs = Array.from(slotsOf(entries), (slot) => tail.add(slot))
          if (resume !== undefined) keepResumePoint(resume)
          if (words !== undefined) changes.take(words, seqs)
          return seqs
        })
        const anchor = anchors.afterAppend(tail, now)
        tail.finish()
        changes.finish()
        return { places, anchor }
      })
    },
  }
}
