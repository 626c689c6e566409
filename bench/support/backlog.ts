import { recordGroups } from './entries.ts'
import { openBenchJournal } from './journal.ts'

const entries = 1_000_000
const slice = 50_000

/** Makes a journal in which this sink has a million entries before it. */
export async function fillBacklog(dir: string, sink: string): Promise<void> {
  await using journal = await openBenchJournal(dir)
  await journal.reader(sink, 'start')
  for (let from = 0; from < entries; from += slice) {
    for (const group of recordGroups(slice, from)) await journal.append(group)
  }
}
