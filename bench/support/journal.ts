import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/open.ts'

/** A journal as the agent opens it. When one of its threads dies, the benchmark does. */
export function openBenchJournal(dir: string): Promise<Journal> {
  return openJournal({
    dir,
    onFatal(error) {
      throw error
    },
  })
}
