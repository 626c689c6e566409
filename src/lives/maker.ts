import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../model/entry-codec.ts'
import type { Seq } from '../model/entry.ts'
import { isDamage } from '../journal/unusable.ts'
import { emptyLives, openLives } from './database.ts'
import { openJournalRows } from './journal-rows.ts'
import { createProjection, type Projection } from './projection.ts'
import { LIVES_FILE } from './schema.ts'

/** So many entries have to be pruned before it is looked for runs to forget. */
const FORGET_EVERY = 1_000
const FORGET_AT_ONCE = 2_000

/** What one step came to. */
export interface Step {
  /** The last entry taken in. */
  readonly seq: Seq
  /** How many were, in this step. */
  readonly taken: number
  /** There may be more. */
  readonly more: boolean
  /** Runs have ended of which more may be told: it has to be looked again, also if nothing comes. */
  readonly isWaiting: boolean
}

/** Keeps the lives of one data directory up with its journal: plain data in, plain data out. */
export interface LivesMaker {
  /** Takes in the next entries. */
  step(now: number): Step
  /**
   * The written form of what has to be told of runs that are over, to be appended to the journal.
   *
   * @param now ms of a clock that never steps back; `Infinity`: nothing more will come
   */
  due(now: number): string[]
  close(): void
}

/** @param anew throw away what there is */
export function createLivesMaker(dir: string, anew = false): LivesMaker {
  const file = join(dir, LIVES_FILE)
  const journal = openJournalRows(dir)
  let db: DatabaseSync = anew ? emptyLives(file) : openLives(file)
  let projection: Projection = createProjection(db)
  let at: Seq = begin()
  /** The runs told of up to this place are gone. */
  let forgotten: Seq = 0
  /** When something came last from each engine, by the clock of who asks. */
  const heard = new Map<string, number>()

  /** One of another journal, or ahead of this one, speaks of what was set aside. */
  function begin(): Seq {
    const made = projection.made()
    if (made === undefined) return 0
    if (made.epoch === journal.epoch()) return made.seq
    renew(emptyLives)
    return 0
  }

  function renew(open: (file: string) => DatabaseSync): void {
    db.close()
    db = open(file)
    projection = createProjection(db)
  }

  /** What is in memory is not what is on disk any more; a damaged one is begun anew. */
  function recover(thrown: unknown): void {
    renew(isDamage(thrown) || thrown instanceof SyntaxError ? emptyLives : openLives)
    at = projection.made()?.seq ?? 0
  }

  /** As the journal's own retention goes on, a little at a time. */
  function forgetPruned(): void {
    const base = journal.base()
    if (base < forgotten + FORGET_EVERY) return
    if (projection.forget(base, FORGET_AT_ONCE) < FORGET_AT_ONCE) forgotten = base
  }

  return {
    step(now) {
      const entries = journal.after(at)
      const last = entries.at(-1)
      if (last === undefined)
        return { seq: at, taken: 0, more: false, isWaiting: projection.isWaiting() }
      try {
        projection.take(entries, journal.epoch())
      } catch (thrown) {
        recover(thrown)
        throw thrown
      }
      for (const { engine } of entries) if (engine !== undefined) heard.set(engine.id, now)
      at = last.seq
      forgetPruned()
      return { seq: at, taken: entries.length, more: true, isWaiting: projection.isWaiting() }
    },
    due(now) {
      const quiet = (engineId: string): bigint => {
        if (now === Infinity) return FOR_EVER
        if (!heard.has(engineId)) heard.set(engineId, now)
        return BigInt(Math.max(0, Math.floor((now - heard.get(engineId)!) * 1e6)))
      }
      return projection.due(quiet).map(encodeEntry)
    },
    close() {
      db.close()
      journal.close()
    },
  }
}

const FOR_EVER = 1n << 62n
