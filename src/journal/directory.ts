import { constants, existsSync, renameSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from '../actors/make-directory.ts'
import { encodeEntry } from '../model/entry-codec.ts'
import { markerOf } from '../model/entry-factory.ts'
import { asError } from '../model/errors.ts'
import { formatNanos, type Nanoseconds } from '../model/time.ts'
import { createAppender } from './append.ts'
import { openForWriting } from './database.ts'
import { createLedger } from './ledger.ts'
import { pack } from './packed.ts'
import { createPrivate } from './lock.ts'
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
 * that is damaged beyond use is kept under another name, and a new one is begun with a marker.
 */
export function prepareJournal(dir: string, now: Nanoseconds): SetAside | undefined {
  try {
    prepare(dir)
    return undefined
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    const aside = { reason: asError(thrown).message, kept: setAside(dir, now) }
    prepare(dir, aside, now)
    return aside
  }
}

function prepare(dir: string, aside?: SetAside, now: Nanoseconds = 0n): void {
  const file = join(dir, JOURNAL_FILE)
  createPrivate(file)
  const db = openForWriting(file)
  try {
    migrate(db, file)
    const ledger = createLedger(db)
    if (ledger.bounds() === undefined) throw damage('its beginning and end are missing')
    if (aside === undefined) return
    const marker = markerOf({ time: now, marker: 'journal-begun', data: { ...aside } })
    createAppender(db, ledger).append([
      { entries: pack([{ id: marker.id, body: encodeEntry(marker) }]) },
    ])
  } finally {
    db.close()
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
