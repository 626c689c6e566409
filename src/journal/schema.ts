import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { AuditorError } from '../model/errors.ts'
import { GENESIS } from './chain.ts'
import { registerChecksum } from './checksum.ts'
import { RESEAL_META } from './ledger.ts'
import { writing } from './database.ts'
import { damage } from './unusable.ts'

/** `AUDT`: tells `file` and us what this database is. */
export const APPLICATION_ID = 0x41554454

/** Enough that no two journals that share a sink have the same. */
const EPOCH_BYTES = 8

/** Brings a database from one version to the next, inside a transaction. */
export type Migration = (db: DatabaseSync) => void

/** One function a version, in order; never changed once released. `user_version` counts them. */
export const migrations: readonly Migration[] = [
  (db) => {
    db.exec(`
      -- The trail. Rows leave at the front only, so the places between first and last are all taken.
      -- The unique id is time-ordered: it decides what is a repeat and is the index by time. Every
      -- further index costs about a third of the append rate.
      CREATE TABLE entries (
        seq  INTEGER PRIMARY KEY,
        id   BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
        hash BLOB NOT NULL,
        body TEXT NOT NULL -- last: the others are read without it
      ) STRICT;

      -- Entries that are for one sink alone: the others pass over them.
      CREATE TABLE addressed (
        seq  INTEGER PRIMARY KEY,
        sink TEXT NOT NULL
      ) STRICT;

      -- One row. head: the last entry's hash. base: the last place pruned, and its hash. epoch: tells
      -- this journal from any other. anchor: the place of the last anchor (see anchors.ts).
      CREATE TABLE meta (
        one        INTEGER PRIMARY KEY CHECK (one = 1),
        next_seq   INTEGER NOT NULL,
        head_hash  BLOB NOT NULL,
        base_seq   INTEGER NOT NULL,
        base_hash  BLOB NOT NULL,
        epoch      TEXT NOT NULL,
        anchor_seq INTEGER NOT NULL,
        sum        BLOB -- of the other columns, see checksum.ts
      ) STRICT;

      CREATE TABLE resume_points (
        engine_id TEXT PRIMARY KEY,
        id        TEXT NOT NULL,
        time      TEXT NOT NULL, -- nanoseconds since the epoch, decimal
        begun     INTEGER NOT NULL, -- 1: the event itself is not recorded yet
        counted   INTEGER, -- what the engine had counted up to it, where that is known,
        life      TEXT, -- and since which start
        sum       BLOB NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- What is known of the containers of an engine after all entries: changed with them, so that a
      -- start reads what lives and not the trail. told: nanoseconds since the epoch, to sort by.
      CREATE TABLE containers (
        engine_id    TEXT NOT NULL,
        container_id TEXT NOT NULL,
        told         INTEGER NOT NULL,
        state        TEXT NOT NULL,
        PRIMARY KEY (engine_id, container_id)
      ) STRICT, WITHOUT ROWID;

      -- What gaps tell and nobody has compared with the engine's containers yet.
      CREATE TABLE holes (
        engine_id TEXT PRIMARY KEY,
        begins    TEXT NOT NULL, -- nanoseconds since the epoch, decimal
        ends      TEXT NOT NULL
      ) STRICT;

      -- since: what comes after it is given to the sink. confirmed: everything up to it is settled.
      -- generation: a rewind begins a new one. max_lag_ms: how old an entry may be that is kept for this
      -- sink alone. Of the last error: in ms since the epoch, and not in the sum.
      CREATE TABLE cursors (
        sink       TEXT PRIMARY KEY,
        since      INTEGER NOT NULL,
        confirmed  INTEGER NOT NULL,
        generation INTEGER NOT NULL DEFAULT 1,
        delivered  INTEGER NOT NULL DEFAULT 0,
        dropped    INTEGER NOT NULL DEFAULT 0,
        discarded  INTEGER NOT NULL DEFAULT 0,
        last_error TEXT,
        last_error_at INTEGER,
        failing_since INTEGER,
        damaged    INTEGER NOT NULL DEFAULT 0,
        max_lag_ms INTEGER,
        sum        BLOB
      ) STRICT, WITHOUT ROWID;

      -- They keep their text, since retention may prune the entry. hash: of seq and body alone.
      -- chain: the entry's hash in the chain; null where it was damaged.
      CREATE TABLE dead_letters (
        sink   TEXT NOT NULL,
        seq    INTEGER NOT NULL,
        id     BLOB NOT NULL,
        body   TEXT NOT NULL,
        hash   BLOB NOT NULL,
        chain  BLOB,
        reason TEXT NOT NULL,
        at     TEXT NOT NULL, -- nanoseconds since the epoch, decimal
        state  TEXT NOT NULL CHECK (state IN ('waiting', 'retry')),
        PRIMARY KEY (sink, seq)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX dead_letters_to_retry ON dead_letters (sink, seq) WHERE state = 'retry';
    `)
    const epoch = randomBytes(EPOCH_BYTES).toString('hex')
    db.prepare('INSERT INTO meta VALUES (1, 1, ?, 0, ?, ?, 0, NULL)').run(GENESIS, GENESIS, epoch)
    db.exec(RESEAL_META)
  },
]

/**
 * Brings a database to the newest version, each step in a transaction of its own.
 * @throws AuditorError `journal-newer`, or `journal-unusable` where it is another program's; damage
 *   where its tables are not those that the steps make
 */
export function migrate(
  db: DatabaseSync,
  file: string,
  steps: readonly Migration[] = migrations,
): void {
  for (let version = versionOf(db, file, steps.length); version < steps.length; version++) {
    writing(db, () => {
      steps[version]!(db)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
      db.exec(`PRAGMA user_version = ${version + 1}`)
    })
  }
  assertIntact(db, steps)
}

/**
 * For readers, who can't migrate.
 * @throws AuditorError `journal-newer`, or `journal-unusable` where it is older or no journal; damage
 *   as `migrate`
 */
export function assertReadable(
  db: DatabaseSync,
  file: string,
  steps: readonly Migration[] = migrations,
): void {
  const newest = steps.length
  const version = versionOf(db, file, newest)
  if (version === newest) return assertIntact(db, steps)
  const message =
    version === 0
      ? `${file} holds no journal yet: start the agent there, or name another directory with --data`
      : `${file} is of version ${version}, this program reads ${newest}: start its agent once to bring it up to date`
  throw new AuditorError('journal-unusable', message)
}

/** 0: an empty database. */
function versionOf(db: DatabaseSync, file: string, newest: number): number {
  const version = pragma(db, 'user_version')
  const application = pragma(db, 'application_id')
  const tables = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number
  }
  if (application !== APPLICATION_ID && tables.tables > 0) {
    throw new AuditorError(
      'journal-unusable',
      `${file} is not Auditor's: move it away, or choose another place with --data or AUDITOR_DATA`,
    )
  }
  if (version > newest) {
    throw new AuditorError(
      'journal-newer',
      `${file} is of version ${version}, this program knows versions up to ${newest}: use the newer program, or choose another place with --data or AUDITOR_DATA`,
    )
  }
  if (version === 0 && tables.tables > 0) throw damage('the number of its version is lost')
  return version
}

/**
 * SQLite reads the definition of a table as it stands in the file: one flipped bit in it gives a column
 * another name, or takes a constraint away.
 */
function assertIntact(db: DatabaseSync, steps: readonly Migration[]): void {
  const model = new DatabaseSync(':memory:')
  try {
    registerChecksum(model)
    for (const step of steps) step(model)
    if (!isDeepStrictEqual(definitions(db), definitions(model))) {
      throw damage('the definitions of its tables are not as they were written')
    }
  } finally {
    model.close()
  }
}

const definitions = (db: DatabaseSync): unknown =>
  db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid').all()

function pragma(db: DatabaseSync, name: string): number {
  return (db.prepare(`PRAGMA ${name}`).get() as { [name: string]: number })[name]!
}
