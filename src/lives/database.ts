import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { createPrivate } from '../journal/lock.ts'
import { isDamage } from '../journal/unusable.ts'
import { asError } from '../model/errors.ts'
import { createTables, isCurrent } from './schema.ts'

const BUSY_TIMEOUT_MS = 5_000

/**
 * The projection, ready to be written. One that is damaged, or made by other rules, is thrown away: it
 * is made anew from the journal.
 */
export function openLives(file: string): DatabaseSync {
  try {
    const db = opened(file)
    if (isCurrent(db)) return db
    db.close()
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
  }
  return emptyLives(file)
}

/** Throws away what there is. */
export function emptyLives(file: string): DatabaseSync {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  const db = opened(file)
  try {
    createTables(db)
    return db
  } catch (thrown) {
    db.close()
    throw asError(thrown)
  }
}

function opened(file: string): DatabaseSync {
  createPrivate(file)
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    db.exec('PRAGMA journal_mode = WAL')
    // What a power cut takes is made again from the journal.
    db.exec('PRAGMA synchronous = NORMAL')
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}
