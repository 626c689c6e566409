import { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import type { Entry } from '../../src/model/entry.ts'

/** Entries whose text is written already: what is measured beside ours is the database alone. */
export type BareGroup = readonly { readonly id: string; readonly body: string }[]

export function bareGroup(entries: readonly Entry[]): BareGroup {
  return entries.map((entry) => ({ id: entry.id, body: encodeEntry(entry) }))
}

/**
 * The least that could be called a durable journal: one table with the written form of each entry
 * and its id as a unique key, one transaction a group, every commit on disk.
 */
export interface BareStore {
  append(group: BareGroup): void
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
      for (const { id, body } of group) insert.run(id, body)
      database.exec('COMMIT')
    },
    close: () => database.close(),
  }
}
