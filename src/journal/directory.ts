import { constants, existsSync, renameSync, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from '../actors/make-directory.ts'
import { asError } from '../model/errors.ts'
import { formatNanos, type Nanoseconds } from '../model/time.ts'
import { beginJournal, type Before } from './beginning.ts'
import { openForWriting } from './database.ts'
import { lastWordOf } from './last-word.ts'
import { createPrivate } from './lock.ts'
import { assertUsable } from './look.ts'
import { migrate } from './schema.ts'
import { damage, explain, isDamage } from './unusable.ts'

export const JOURNAL_FILE = 'journal.db'

/** A journal that could not be used, and where it was put. */
export interface SetAside {
  readonly reason: string
  readonly kept: string
}

/**
 * Makes the directory, for its owner alone, unless it is there.
 * @throws AuditorError `journal-unusable` where it can't be used
 */
export async function ensureDirectory(dir: string): Promise<void> {
  try {
    await makeDirectory(dir, 0o700)
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (thrown) {
    throw explain(dir, thrown)
  }
}

/**
 * Makes the journal of a locked directory ready: creates it, or brings it to the newest version. One
 * that is damaged beyond use is kept under another name, and a new one is begun that says so.
 */
export function prepareJournal(dir: string, now: Nanoseconds): SetAside | undefined {
  try {
    prepare(dir, now)
    return undefined
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    const lastWord = lastWordOf(join(dir, JOURNAL_FILE))
    const aside = { reason: asError(thrown).message, kept: setAside(dir, now) }
    prepare(dir, now, { ...aside, ...lastWord })
    return aside
  }
}

function prepare(dir: string, now: Nanoseconds, before?: Before): void {
  const file = join(dir, JOURNAL_FILE)
  createPrivate(file)
  assertLogHasFile(file)
  const db = openForWriting(file)
  try {
    migrate(db, file)
    beginJournal(db, now, before)
    assertUsable(db, now)
  } finally {
    db.close()
  }
}

/**
 * A log is begun after its file's first page, so a file of no bytes with a log beside it was cut short.
 * SQLite would throw the log away, or wait for whoever has it open.
 */
function assertLogHasFile(file: string): void {
  if (statSync(file).size === 0 && existsSync(`${file}-wal`)) {
    throw damage('the file is empty, though it has a log')
  }
}

/** Answers the new name. The write-ahead log goes along, so that the whole can be examined. */
function setAside(dir: string, now: Nanoseconds): string {
  const stamp = formatNanos(now).replaceAll(/[:.]/g, '-')
  const kept = join(dir, `${JOURNAL_FILE}.damaged-${stamp}`)
  for (const suffix of ['-wal', '-shm', '']) {
    const file = join(dir, `${JOURNAL_FILE}${suffix}`)
    if (existsSync(file)) renameSync(file, `${kept}${suffix}`)
  }
  return kept
}
