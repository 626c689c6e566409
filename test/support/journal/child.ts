import { openJournal } from '../../../src/journal/open.ts'
import { numbered } from './numbered.ts'

/**
 * A process that keeps a journal, to be killed. `hold DIR`: says `open` and waits. `append DIR
 * FROM`: appends groups without end, several under way at once, and says `N` once all entries up to
 * number N are promised.
 */
const [mode, dir, from] = process.argv.slice(2)
const journal = await openJournal({
  dir: dir!,
  onFatal: (error) => {
    throw error
  },
})

if (mode === 'hold') {
  process.stdout.write('open\n')
  setInterval(() => undefined, 60_000)
} else {
  await appendWithoutEnd(Number(from))
}

async function appendWithoutEnd(from: number): Promise<never> {
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
