import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { registerFilterFunctions } from '../filter/sql-functions.ts'
import { registerChecksum } from './checksum.ts'
import { errcodeOf, sqliteCodes } from './unusable.ts'

/** How long a short transaction of another process is waited for. */
const BUSY_TIMEOUT_MS = 5_000

/** Pages of the write-ahead log before it is folded into the database, of a short visit. */
const LOG_PAGES = 1_000

/**
 * A connection that writes: the agent's, and short ones beside it. Creates an empty database.
 *
 * @param logPages of the write-ahead log before it is folded into the database
 */
export function openForWriting(file: string, logPages = LOG_PAGES): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    // Effective before the first table only, so it must be the first statement of all.
    db.exec('PRAGMA auto_vacuum = INCREMENTAL')
    db.exec('PRAGMA journal_mode = WAL')
    db.exec('PRAGMA synchronous = FULL')
    db.exec(`PRAGMA wal_autocheckpoint = ${logPages}`)
    registerChecksum(db)
    registerFilterFunctions(db)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

/**
 * A connection that only reads, beside the agent or without one. Where the directory can't be
 * written and no agent has left its write-ahead log, SQLite can't make the files it shares with
 * other processes: then the database is read as a file nobody changes.
 */
export function openForReading(file: string): DatabaseSync {
  try {
    return touched(new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS }))
  } catch (thrown) {
    const errcode = errcodeOf(thrown)
    const cantShare = errcode === sqliteCodes.cantOpen || errcode === sqliteCodes.readOnly
    if (!cantShare || existsSync(`${file}-wal`)) throw thrown
    const url = pathToFileURL(file)
    url.searchParams.set('immutable', '1')
    return touched(new DatabaseSync(url, { readOnly: true }))
  }
}

/** SQLite opens lazily: the first question shows whether it can. */
function touched(db: DatabaseSync): DatabaseSync {
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    registerChecksum(db)
    registerFilterFunctions(db)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

/** All of it or nothing, on disk when it returns. */
export function writing<T>(db: DatabaseSync, work: () => T): T {
  return transaction(db, { begin: 'BEGIN IMMEDIATE', end: 'COMMIT' }, work)
}

/**
 * Everything read within is of one moment. There is nothing to commit, and where a page was damaged a
 * commit fails, though the other pages were read.
 */
export function reading<T>(db: DatabaseSync, work: () => T): T {
  return transaction(db, { begin: 'BEGIN', end: 'ROLLBACK' }, work)
}

/** Shows whether a change can be made: none of it stays. */
export function trying(db: DatabaseSync, work: () => void): void {
  transaction(db, { begin: 'BEGIN IMMEDIATE', end: 'ROLLBACK' }, work)
}

function transaction<T>(
  db: DatabaseSync,
  { begin, end }: { readonly begin: string; readonly end: string },
  work: () => T,
): T {
  db.exec(begin)
  try {
    const result = work()
    db.exec(end)
    return result
  } catch (thrown) {
    // Some errors (a full disk) have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw thrown
  }
}

/** Of the database, in bytes; O(1). Free pages are taken again by later appends. */
export function createSizes(db: DatabaseSync): {
  pages(): number
  used(): number
  freeBytes(): number
} {
  const count = db.prepare('PRAGMA page_count')
  const free = db.prepare('PRAGMA freelist_count')
  const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number }
  const freeBytes = (): number =>
    (free.get() as { freelist_count: number }).freelist_count * pageSize
  const pages = (): number => (count.get() as { page_count: number }).page_count
  return {
    pages,
    freeBytes,
    used: () => pages() * pageSize - freeBytes(),
  }
}
