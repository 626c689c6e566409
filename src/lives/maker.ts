import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../model/entry-codec.ts'
import type { Seq } from '../model/entry.ts'
import { isDamage } from '../journal/unusable.ts'
import { emptyLives, openLives } from './database.ts'
import { openJournalRows } from './journal-rows.ts'
import { FOR_EVER, createProjection, type Projection } from './projection.ts'
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
  /** Runs have ended of which more may be told, or findings are open: it has to be looked again, also if nothing comes. */
  readonly isWaiting: boolean
  /** Findings that are open. */
  readonly open: ReturnType<Projection['open']>
}

/** Keeps the lives of one data directory up with its journal: plain data in, plain data out. */
export interface LivesMaker {
  /** Takes in the next entries. */
  step(now: number): Step
  /**
   * The written form of what has to be told of runs that are over, to be appended to the journal; some of
   * it, if it is much: none where that was all.
   *
   * @param now ms of a clock that never steps back; `Infinity`: nothing more will come
   */
  due(now: number): string[]
  close(): void
}

/**
 * What can't be read any more is thrown away with the failure that shows it: who begins anew makes it
 * from the journal. After any failure one has to begin anew, for what is in memory may be ahead of the disk.
 *
 * @param anew throw away what there is
 * @param tellsPosture as `createProjection`
 */
export function createLivesMaker(dir: string, anew = false, tellsPosture = true): LivesMaker {
  const file = join(dir, LIVES_FILE)
  const journal = openJournalRows(dir)
  let db: DatabaseSync
  let projection: Projection
  let at: Seq
  try {
    ;[db, projection, at] = begin()
  } catch (thrown) {
    journal.close()
    throw thrown
  }
  /** The runs told of up to this place are gone. */
  let forgotten: Seq = 0
  /** When something came last from each engine, by the clock of who asks. */
  const heard = new Map<string, number>()

  function begin(): [DatabaseSync, Projection, Seq] {
    const opened = anew ? emptyLives(file) : openLives(file)
    return sound(opened, () => {
      const found = createProjection(opened, tellsPosture)
      const made = found.made()
      if (made === undefined) return [opened, found, 0]
      if (made.epoch === journal.epoch()) return [opened, found, made.seq]
      // It was made from a journal that was set aside.
      opened.close()
      const empty = emptyLives(file)
      return [empty, createProjection(empty, tellsPosture), 0]
    })
  }

  function sound<T>(opened: DatabaseSync, work: () => T): T {
    try {
      return work()
    } catch (thrown) {
      if (isDamage(thrown) || thrown instanceof SyntaxError) {
        if (opened.isOpen) opened.close()
        emptyLives(file).close()
      }
      throw thrown
    }
  }

  /** As the journal's own retention goes on, a little at a time. */
  function forgetPruned(): void {
    const base = journal.base()
    if (base < forgotten + FORGET_EVERY) return
    const gone = sound(db, () => projection.forget(base, FORGET_AT_ONCE))
    if (gone < FORGET_AT_ONCE) forgotten = base
  }

  const waiting = () => ({ isWaiting: projection.isWaiting(), open: projection.open() })

  return {
    step(now) {
      const entries = journal.after(at)
      const last = entries.at(-1)
      if (last === undefined) return { seq: at, taken: 0, more: false, ...waiting() }
      sound(db, () => projection.take(entries, journal.epoch()))
      for (const { engine } of entries) if (engine !== undefined) heard.set(engine.id, now)
      at = last.seq
      forgetPruned()
      return { seq: at, taken: entries.length, more: true, ...waiting() }
    },
    due(now) {
      const quiet = (engineId: string): bigint => {
        if (now === Infinity) return FOR_EVER
        if (!heard.has(engineId)) heard.set(engineId, now)
        return BigInt(Math.max(0, Math.floor((now - heard.get(engineId)!) * 1e6)))
      }
      return sound(db, () => projection.due(quiet)).map(encodeEntry)
    },
    close() {
      if (db.isOpen) db.close()
      journal.close()
    },
  }
}
