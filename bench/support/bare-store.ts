import { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import type { Entry } from '../../src/model/entry.ts'

/**
 * The least that could be called a durable journal: one table with the written form of each entry
 * and its id as a unique key, one transaction a group, every commit on disk.
 */
export interface BareStore {
  append(group: readonly Entry[]): void
  close(): void
}

export function openBareStore(file: string): BareStore {
  const database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE entries (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
  `)
  const insert = database.prepare('INSERT OR IGNORE INTO entries (id, body) VALUES (?, ?)')
  return {
    append(group) {
      database.exec('BEGIN')
      for (const entry of group) insert.run(entry.id, encodeEntry(entry))
      database.exec('COMMIT')
    },
    close: () => database.close(),
  }
}
