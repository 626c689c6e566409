import { createDecoder } from '../src/docker/decode.ts'
import { readFilter } from '../src/filter/compile.ts'
import { sqlOf } from '../src/filter/sql.ts'
import { openJournalView } from '../src/journal/open.ts'
import type { JournalView } from '../src/journal/journal.ts'
import { createLivesMaker } from '../src/lives/maker.ts'
import { runSubject } from '../src/lives/run-subject.ts'
import { openLivesView, type LivesView } from '../src/lives/view.ts'
import { decodeEntry } from '../src/model/entry-codec.ts'
import { recordOf } from '../src/model/entry-factory.ts'
import type { Entry } from '../src/model/entry.ts'
import { explain } from '../src/query/why.ts'
import type { Case, Options, Row } from './support/case.ts'
import { benchEngine } from './support/entries.ts'
import { eventLine } from './support/events.ts'
import { openBenchJournal } from './support/journal.ts'
import { quantile } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const repeats = 20
const day = 86_400_000_000_000n

/** Lines of the recorded trace, again and again; containers have other ids each time. */
const linesOfTrace = 221

export const questions: Case = {
  summary:
    'questions to a journal of --rows entries, and the making of its lives (aims: 100 ms at 1,000,000)',
  run: (options) => withScratch((folder) => measure(folder, options)),
}

async function measure(folder: string, { rows }: Options): Promise<readonly Row[]> {
  const last = await fill(folder, rows)
  const making = await makeLives(folder)
  await using journal = await openJournalView(folder)
  const figures = await ask(folder, journal, last)
  return [{ figure: 'lives made anew', unit: 'entries/s', values: [making] }, ...figures]
}

async function fill(folder: string, rows: number): Promise<bigint> {
  await using journal = await openBenchJournal(folder)
  let group: Entry[] = []
  let time = 0n
  const decoder = createDecoder({
    onEvent(event) {
      time = event.time
      group.push(recordOf(benchEngine, event))
    },
    onBad({ reason, text }) {
      throw new Error(`${reason}: ${text}`)
    },
  })
  for (let index = 0; index < rows; index++) {
    const prefix = Math.floor(index / linesOfTrace)
      .toString(16)
      .padStart(8, '0')
    const line = eventLine(index).replaceAll(/(?<="|:)[0-9a-f]{8}(?=[0-9a-f]{56}")/g, prefix)
    decoder.write(Buffer.from(`${line}\n`))
    if (group.length < 1_000) continue
    await journal.append(group)
    group = []
  }
  if (group.length > 0) await journal.append(group)
  return time
}

/** Entries a second; what it tells of ends is appended as an agent does. */
async function makeLives(folder: string): Promise<number> {
  let entries = 0
  const began = performance.now()
  const maker = createLivesMaker(folder, true)
  try {
    await using journal = await openBenchJournal(folder)
    const takeAll = (): void => {
      for (;;) {
        const step = maker.step(0)
        entries += step.taken
        if (!step.more) return
      }
    }
    takeAll()
    for (;;) {
      const due = maker.due(Infinity)
      if (due.length === 0) break
      await journal.append(due.map(decodeEntry))
      takeAll()
    }
  } finally {
    maker.close()
  }
  return entries / ((performance.now() - began) / 1000)
}

async function ask(folder: string, journal: JournalView, last: bigint): Promise<Row[]> {
  const asked: { readonly [figure: string]: (lives: LivesView) => unknown } = {
    why: (lives) => explain([...lives.runs({ lineage: lineage(lives), limit: 1_000 })][0]!),
    'lives of a lineage': (lives) => [...lives.runs({ lineage: lineage(lives), limit: 50 })],
    'show, with facts': async (lives) => {
      const id = lineage(lives)
      const runs = [...lives.runs({ lineage: id, limit: 50 })]
      await journal.find(runs.flatMap(({ container }) => container.factsSeq ?? []))
      return runs
    },
    'lives cause:oom, a page': (lives) => [...lives.runs({ where: where('cause:oom'), limit: 50 })],
    'lives exit>100 lasted<1m since 1 d': (lives) => [
      ...lives.runs({ where: where('exit>100 lasted<1m'), from: last - day, limit: 200 }),
    ],
    'stats of 7 days': (lives) =>
      lives.stats({ by: ['image'], from: last - 7n * day, to: last, parts: 12 }),
    'loops of a day': (lives) => lives.streaks({ from: last - day }),
    'newest events, a page': async () => {
      let seen = 0
      for await (const _ of journal.entries({ reverse: true })) if (++seen === 200) break
      return seen
    },
  }
  const rows: Row[] = []
  for (const [figure, question] of Object.entries(asked)) {
    const times: number[] = []
    for (let run = 0; run <= repeats; run++) {
      const began = performance.now()
      using lives = openLivesView(folder)
      await question(lives)
      if (run > 0) times.push(performance.now() - began)
    }
    rows.push({ figure: `${figure}, p50`, unit: 'ms', values: [quantile(times, 0.5)] })
    rows.push({
      figure: `${figure}, p95`,
      unit: 'ms',
      values: [quantile(times, 0.95)],
      aim: { of: 'median', atMost: 100 },
    })
  }
  return rows

  function lineage(lives: LivesView): number {
    return lives.find('loop-a')[0]!.id
  }

  function where(text: string) {
    const read = readFilter(text, runSubject(last), last)
    if ('error' in read) throw new Error(read.error.message)
    return sqlOf(read.bound)
  }
}
