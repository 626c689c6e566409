import type { Journal } from '../../../src/journal/journal.ts'
import { openJournal, openJournalView } from '../../../src/journal/open.ts'
import type { AuditorError } from '../../../src/model/errors.ts'
import { numbered } from './numbered.ts'

/**
 * A process with a journal. `hold DIR`: opens it, says `open` and waits to be killed. `append DIR
 * FROM`: appends groups without end, several under way at once, and says `N` once all entries up to
 * number N are promised. `count DIR`: says how many entries a view finds. Says why it can't.
 */
const [mode, dir = '', from] = process.argv.slice(2)
try {
  if (mode === 'count') await count()
  else if (mode === 'hold') await hold()
  else await appendWithoutEnd(Number(from))
} catch (thrown) {
  process.stdout.write(`${(thrown as AuditorError).code}: ${(thrown as Error).message}\n`)
}

async function count(): Promise<void> {
  await using view = await openJournalView(dir)
  const entries = await Array.fromAsync(view.entries({}))
  process.stdout.write(`${entries.length}\n`)
}

function open(): Promise<Journal> {
  return openJournal({
    dir,
    onFatal: (error) => {
      throw error
    },
  })
}

async function hold(): Promise<void> {
  await open()
  process.stdout.write('open\n')
  setInterval(() => undefined, 60_000)
}

async function appendWithoutEnd(from: number): Promise<never> {
  const journal = await open()
  const underWay: Promise<unknown>[] = []
  let next = from
  for (;;) {
    const group = Array.from({ length: 1 + (next % 40) }, () => numbered((next += 1)))
    const last = next
    const resume = { engineId: 'engine', id: group.at(-1)!.id, time: group.at(-1)!.time }
    const promise = journal.append(group, resume)
    underWay.push(promise.then(() => process.stdout.write(`${last}\n`)))
    if (underWay.length >= 8) await underWay.shift()
  }
}
