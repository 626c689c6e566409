import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What a journal's only engine had counted at the resume point; undefined where that is not known (yet). */
export function countedIn(dir: string): unknown {
  try {
    using db = new DatabaseSync(join(dir, 'journal.db'), { readOnly: true })
    return db.prepare('SELECT counted FROM resume_points').get()?.['counted'] ?? undefined
  } catch {
    return undefined // its agent has only just begun
  }
}
