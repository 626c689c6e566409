import type { DatabaseSync } from 'node:sqlite'

/** Beside the journal, and made from it: nothing is lost with it. */
export const LIVES_FILE = 'lives.db'

/** Another number: a projection that was made by other rules is made anew. */
const VERSION = 7

/** In `run_hours`: no exit code, or no length, is known. */
export const NONE = -(2 ** 31)
/** Behind every moment. */
const NEVER = (1n << 63n) - 1n
/** When a run ended, for conditions and orders: as it is indexed, those that go on behind all others. */
export const RUN_END = `coalesce(r.ended, ${NEVER})`
/** In nanoseconds. */
export const HOUR = 3_600_000_000_000n

/**
 * What the journal tells of containers, put together for questions. Times are nanoseconds since the
 * epoch.
 */
const TABLES = `
  -- One row. Which journal it was made from, and up to which place.
  CREATE TABLE made (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    seq   INTEGER NOT NULL
  ) STRICT;

  -- ref: what entries say of it. story: see model/life/engine-story.ts.
  CREATE TABLE engines (
    engine_id TEXT PRIMARY KEY,
    ref       TEXT NOT NULL,
    story     TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- runs: that began in it, since the journal did. image_id: of the newest life (image_of) whose image is
  -- known, by the entry image_by.
  CREATE TABLE lineages (
    lineage   INTEGER PRIMARY KEY,
    engine_id TEXT NOT NULL,
    key       TEXT NOT NULL,
    name      TEXT NOT NULL,
    project   TEXT,
    service   TEXT,
    runs      INTEGER NOT NULL DEFAULT 0,
    image     TEXT,
    image_id  TEXT,
    image_of  INTEGER,
    image_by  TEXT,
    UNIQUE (engine_id, key)
  ) STRICT;

  -- labels: as JSON, where inspect said them. updates: how many, and the places of the last, as JSON. posture: what stood out in it last, as JSON. state: as the fold needs it, while anything may still happen to it.
  CREATE TABLE lives (
    life         INTEGER PRIMARY KEY,
    engine_id    TEXT NOT NULL,
    container_id TEXT NOT NULL,
    lineage      INTEGER NOT NULL,
    name         TEXT NOT NULL,
    image        TEXT NOT NULL,
    image_id     TEXT,
    created      INTEGER,
    removed      INTEGER,
    health       TEXT,
    memory_limit INTEGER,
    starts       INTEGER NOT NULL,
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    facts_seq    INTEGER,
    labels       TEXT,
    updates      TEXT,
    posture      TEXT,
    state        TEXT,
    UNIQUE (engine_id, container_id)
  ) STRICT;
  CREATE INDEX lives_by_lineage ON lives (lineage, life);

  -- number: in its lineage. nth: of its container. settled: the place of the entry that told of it; 0
  -- before, and then there is no cause yet. image, length: what it is counted by, once it is settled;
  -- length: see length-class.ts.
  CREATE TABLE runs (
    lineage      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    life         INTEGER NOT NULL,
    nth          INTEGER NOT NULL,
    started      INTEGER,
    started_by   TEXT,
    paused_at    INTEGER,
    ended        INTEGER,
    exit_code    INTEGER,
    settled      INTEGER NOT NULL DEFAULT 0,
    cause        TEXT,
    signal       INTEGER,
    ooms         INTEGER NOT NULL,
    execs        INTEGER NOT NULL,
    health_flips INTEGER NOT NULL,
    paused       INTEGER NOT NULL,
    evidence     TEXT,
    notes        TEXT,
    failure      TEXT,
    entry        TEXT,
    image        TEXT,
    length       INTEGER,
    PRIMARY KEY (lineage, number)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX runs_by_life ON runs (life, nth);
  CREATE INDEX runs_by_end ON runs (coalesce(ended, ${NEVER}), started, cause, exit_code);

  -- How many of them ended in each hour since the epoch: what statistics over long times are made of.
  CREATE TABLE run_hours (
    hour      INTEGER NOT NULL,
    lineage   INTEGER NOT NULL,
    image     TEXT NOT NULL,
    cause     TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    length    INTEGER NOT NULL,
    runs      INTEGER NOT NULL,
    PRIMARY KEY (hour, lineage, image, cause, exit_code, length)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER run_settled AFTER UPDATE OF settled ON runs WHEN old.settled = 0 AND new.settled > 0 BEGIN
    INSERT INTO run_hours VALUES (new.ended / ${HOUR}, new.lineage, new.image, new.cause,
      coalesce(new.exit_code, ${NONE}), coalesce(new.length, ${NONE}), 1)
    ON CONFLICT DO UPDATE SET runs = runs + 1;
  END;
  CREATE TRIGGER run_forgotten AFTER DELETE ON runs WHEN old.settled > 0 BEGIN
    UPDATE run_hours SET runs = runs - 1 WHERE (hour, lineage, image, cause, exit_code, length) =
      (old.ended / ${HOUR}, old.lineage, old.image, old.cause, coalesce(old.exit_code, ${NONE}), coalesce(old.length, ${NONE}));
    DELETE FROM run_hours WHERE runs = 0 AND (hour, lineage, image, cause, exit_code, length) =
      (old.ended / ${HOUR}, old.lineage, old.image, old.cause, coalesce(old.exit_code, ${NONE}), coalesce(old.length, ${NONE}));
  END;

  -- Things that come again and again (model/life/streak.ts). opened: when there were enough of them;
  -- resolved: when it was told that there are no more. state: the rest, as JSON.
  CREATE TABLE streaks (
    streak   INTEGER PRIMARY KEY,
    lineage  INTEGER NOT NULL,
    finding  TEXT NOT NULL,
    since    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    opened   INTEGER,
    resolved INTEGER,
    state    TEXT NOT NULL
  ) STRICT;
  CREATE INDEX streaks_by_lineage ON streaks (lineage, finding) WHERE resolved IS NULL;

  -- Findings that the journal does not have yet, as they will be written.
  CREATE TABLE untold (
    id      TEXT PRIMARY KEY,
    seq     INTEGER NOT NULL,
    finding TEXT NOT NULL,
    life    INTEGER,
    body    TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Where postures are not to be told, they stay.
  CREATE INDEX untold_events ON untold (id) WHERE finding <> 'posture';

  -- Execs. seq: the place of the entry that told of it first, at the moment heard. exec_id: NULL where none is
  -- told that can be trusted. nth: the run of its container it was in. filtered: 1 where the agent's filter may keep
  -- its end out. unsure: events of it may have been lost since.
  CREATE TABLE execs (
    seq          INTEGER PRIMARY KEY,
    engine_id    TEXT NOT NULL,
    container_id TEXT NOT NULL,
    exec_id      TEXT,
    name         TEXT NOT NULL,
    image        TEXT NOT NULL,
    nth          INTEGER,
    heard        INTEGER NOT NULL,
    created      INTEGER,
    started      INTEGER,
    ended        INTEGER,
    exit_code    INTEGER,
    command      TEXT,
    who          TEXT NOT NULL,
    filtered     INTEGER NOT NULL,
    unsure       INTEGER,
    last_seq     INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX execs_by_id ON execs (engine_id, container_id, exec_id);
  CREATE INDEX execs_by_time ON execs (heard);
  CREATE INDEX execs_by_last ON execs (last_seq);
  CREATE INDEX execs_open ON execs (engine_id) WHERE ended IS NULL AND unsure IS NULL;
`

/** Whether it is one that this program made. */
export function isCurrent(db: DatabaseSync): boolean {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as {
    user_version: number
  }
  return version === VERSION
}

/** Of an empty database. */
export function createTables(db: DatabaseSync): void {
  db.exec(TABLES)
  db.exec(`PRAGMA user_version = ${VERSION}`)
}
