import { join } from 'node:path'
import { WRITE_WINDOW } from '../src/agent/writer.ts'
import type { Journal } from '../src/journal/journal.ts'
import type { Record } from '../src/model/entry.ts'
import { bareGroup, openBareStore } from './support/bare-store.ts'
import type { Case, Options, Row } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { recordGroups } from './support/entries.ts'
import { beside } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const perRun = 25_000

export const append: Case = {
  summary:
    'groups of 500 entries into the journal, beside bare node:sqlite inserts of the same texts',
  run: (options) => withScratch((folder) => measure(folder, options)),
}

async function measure(folder: string, { runs, rows }: Options): Promise<readonly Row[]> {
  await using journal = await openBenchJournal(join(folder, 'journal'))
  const bare = openBareStore(join(folder, 'bare.sqlite'))
  let next = 0
  const take = (count: number) => {
    next += count
    return recordGroups(count, next - count)
  }

  async function append(figure: string): Promise<Row> {
    const rates = await beside(
      runs,
      perRun,
      () => take(perRun),
      (groups) => appendAll(journal, groups),
      (groups) => {
        const texts = groups.map(bareGroup)
        return () => texts.forEach((group) => bare.append(group))
      },
    )
    return {
      figure,
      unit: 'entries/s',
      values: rates.ours,
      beside: { what: 'node:sqlite', values: rates.bare },
      aim: { of: 'ratio', atLeast: 0.5 },
    }
  }

  const empty = await append('append, new journal')
  for (let missing = rows - next; missing > 0; missing -= perRun) {
    for (const group of take(perRun)) {
      await journal.append(group)
      bare.append(bareGroup(group))
    }
  }
  const grown = await append(`append, ${rows.toLocaleString('en-US')} entries in it`)
  bare.close()
  return [
    empty,
    { ...grown, beside: { what: 'new journal', values: empty.values }, aim: level },
    grown,
  ]
}

/** As the agent's writer does it: a few groups ahead of the disk. */
async function appendAll(journal: Journal, groups: readonly Record[][]): Promise<void> {
  const underWay: Promise<unknown>[] = []
  for (const group of groups) {
    if (underWay.length >= WRITE_WINDOW) await underWay.shift()
    underWay.push(journal.append(group))
  }
  await Promise.all(underWay)
}

/** As fast as in a new journal, within what runs differ anyway. */
const level = { of: 'ratio', atLeast: 0.8 } as const
