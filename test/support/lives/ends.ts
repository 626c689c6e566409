import { DatabaseSync } from 'node:sqlite'
import type { LifeEntry, Sequenced } from '../../../src/model/entry.ts'
import { signalName } from '../../../src/model/signals.ts'
import { createProjection, type Projection } from '../../../src/lives/projection.ts'
import { createTables } from '../../../src/lives/schema.ts'

export const FOR_EVER = 1n << 62n

export function memoryProjection(): { readonly db: DatabaseSync; readonly lives: Projection } {
  const db = new DatabaseSync(':memory:')
  createTables(db)
  return { db, lives: createProjection(db) }
}

/** What is told of all runs that ended, once nothing more comes. */
export function lifeEntriesOf(entries: readonly Sequenced[]): LifeEntry[] {
  const { db, lives } = memoryProjection()
  lives.take(entries, 'epoch')
  const due = lives.due(() => FOR_EVER).filter((entry) => entry.kind === 'life')
  db.close()
  return due.sort((a, b) => (a.time < b.time ? -1 : 1))
}

/** `stopped SIGTERM (note)`, one for each run that ended, in their order. */
export function endsOf(entries: readonly Sequenced[]): string[] {
  return lifeEntriesOf(entries).map(({ cause, signal, notes }) => {
    const by = signal === undefined ? '' : ` ${signalName(signal)}`
    return `${cause}${by}${notes.length === 0 ? '' : ` (${notes.join(' ')})`}`
  })
}
