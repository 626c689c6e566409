import { statSync } from 'node:fs'
import { join } from 'node:path'
import { JOURNAL_FILE } from './directory.ts'
import type { JournalView } from './journal.ts'
import { openJournalView } from './open.ts'

/** A journal that is read for long, while an agent may set it aside as damaged and begin another. */
export interface FollowedJournal extends JournalView {
  /**
   * The one that was begun in its place, which whoever asked closes; `undefined` while there is none.
   *
   * @throws AuditorError `journal-newer` or `journal-unusable`, also while it is just being made
   */
  successor(): Promise<FollowedJournal | undefined>
}

/** @throws AuditorError `journal-newer` or `journal-unusable` */
export async function openFollowed(dir: string): Promise<FollowedJournal> {
  const file = fileOf(dir)
  const view = await openJournalView(dir)
  if (fileOf(dir) !== file) {
    // Another took its place meanwhile: which of the two was opened is not known.
    await view[Symbol.asyncDispose]()
    return openFollowed(dir)
  }
  return {
    ...view,
    async successor() {
      const present = fileOf(dir)
      return present === undefined || present === file ? undefined : openFollowed(dir)
    },
  }
}

/** Which file it is, whatever it holds: one that is read keeps its number from others. `undefined`: none. */
function fileOf(dir: string): string | undefined {
  const stat = statSync(join(dir, JOURNAL_FILE), { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`
}
