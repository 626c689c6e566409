import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AuditorError } from '../model/errors.ts'
import { errcodeOf, sqliteCodes } from './unusable.ts'

/**
 * One agent a directory. The lock is a transaction on a database of its own, `lock.db`, held for the
 * life of the process: the kernel holds it for us and lets go of it when the process ends, however
 * it ends, so there are no stale locks. `lock.pid` beside it only tells people who holds it.
 *
 * The lock is of the process (POSIX): a file descriptor of `lock.db` that is closed anywhere in this
 * process would release it. So nothing else opens that file.
 *
 * @returns the way to let go
 * @throws AuditorError `journal-locked`, naming who holds it
 */
export function lockDirectory(dir: string): () => void {
  const file = join(dir, 'lock.db')
  const holder = join(dir, 'lock.pid')
  createPrivate(file)
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    db.close()
    if (errcodeOf(thrown) !== sqliteCodes.busy) throw thrown
    throw new AuditorError(
      'journal-locked',
      `${dir} is in use by another auditor (${readHolder(holder)}): stop it, or choose another place with --data or AUDITOR_DATA`,
      { cause: thrown },
    )
  }
  try {
    writeFileSync(holder, `pid ${process.pid} on ${hostname()}\n`, { mode: 0o600 })
  } catch (thrown) {
    db.close()
    throw thrown
  }
  return () => {
    if (db.isOpen) db.close()
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'pid unknown' // it has the lock and is about to write this file
  }
}

/** Makes an empty file for its owner alone; one that exists is not even opened. */
export function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  }
}
