import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Cursor } from '../../../src/journal/journal.ts'
import { openJournalView } from '../../../src/journal/open.ts'
import type { Entry, Sequenced } from '../../../src/model/entry.ts'

/** What a journal holds, read twice: as the product reads it, and straight from its database. */
export interface JournalReading {
  /** In the order of their places. */
  readonly entries: readonly Sequenced[]
  readonly deadLetters: readonly { readonly sink: string; readonly id: string }[]
  readonly cursors: readonly Pick<Cursor, 'sink' | 'confirmed'>[]
  /** How many places retention has pruned. */
  readonly pruned: number
  /** Where the two readings differ, in words; empty when all is well. */
  readonly disagreements: readonly string[]
}

/** An agent that still writes a last marker is done with it by then. */
const TRIES = 10

/** @param dir the data directory; the agent may be running, with little to do, or gone */
export async function readJournal(dir: string): Promise<JournalReading> {
  const file = join(dir, 'journal.db')
  for (let left = TRIES; ; left--) {
    const before = readDatabase(file)
    const reading = await readOnce(dir, file)
    const { last, letters } = readDatabase(file)
    // The two readings can be compared where nothing was written meanwhile.
    if ((before.last === last && before.letters.length === letters.length) || left === 1)
      return reading
  }
}

async function readOnce(dir: string, file: string): Promise<JournalReading> {
  await using view = await openJournalView(dir)
  const entries: Sequenced[] = []
  for await (const entry of view.entries({})) entries.push(entry)
  entries.sort((a, b) => a.seq - b.seq)
  const deadLetters: { sink: string; id: string }[] = []
  for await (const { sink, entry } of view.deadLetters()) deadLetters.push({ sink, id: entry.id })
  const cursors = await view.cursors()
  const raw = readDatabase(file)
  const disagreements = [
    ...placesOutOfLine(raw),
    ...entriesThatDiffer(entries, raw),
    ...lettersThatDiffer(deadLetters, raw),
  ]
  return { entries, deadLetters, cursors, pruned: raw.pruned, disagreements }
}

interface RawRow {
  readonly seq: number
  readonly id: string
  readonly body: string
}

interface RawJournal {
  readonly rows: readonly RawRow[]
  readonly letters: readonly { readonly sink: string; readonly id: string }[]
  readonly pruned: number
  readonly last: number
}

function readDatabase(file: string): RawJournal {
  // Whoever folds the log holds the lock for a moment.
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    const all = <R>(sql: string): R[] => db.prepare(sql).all() as unknown as R[]
    const [meta] = all<{ base_seq: number; next_seq: number }>(
      'SELECT base_seq, next_seq FROM meta',
    )
    return {
      rows: all('SELECT seq, lower(hex(id)) AS id, body FROM entries ORDER BY seq'),
      letters: all('SELECT sink, lower(hex(id)) AS id FROM dead_letters ORDER BY sink, seq'),
      pruned: meta!.base_seq,
      last: meta!.next_seq - 1,
    }
  } finally {
    db.close()
  }
}

/** Places are taken without a hole, from the first that is not pruned to the last. */
function placesOutOfLine({ rows, pruned, last }: RawJournal): string[] {
  const broken = rows.find(({ seq }, index) => seq !== pruned + 1 + index)
  if (broken !== undefined) return [`place ${broken.seq} follows a hole`]
  return rows.length === last - pruned ? [] : [`places ${pruned} to ${last}, ${rows.length} rows`]
}

function entriesThatDiffer(entries: readonly Sequenced[], { rows }: RawJournal): string[] {
  const differences: string[] = []
  if (entries.length !== rows.length) {
    differences.push(`${entries.length} entries are read, ${rows.length} rows are stored`)
  }
  const bySeq = new Map(rows.map((row) => [row.seq, row]))
  for (const entry of entries) {
    // Its bytes changed on disk, so the product gives out this gap instead.
    if (entry.kind === 'gap' && entry.cause === 'journal-damage') continue
    const row = bySeq.get(entry.seq)
    const stored = row === undefined ? undefined : (JSON.parse(row.body) as Pick<Entry, 'id'>)
    const ids = new Set([entry.id, row?.id, stored?.id])
    if (ids.size > 1) differences.push(`place ${entry.seq}: ${[...ids].join(', ')}`)
  }
  return differences
}

function lettersThatDiffer(
  letters: readonly { readonly sink: string; readonly id: string }[],
  raw: RawJournal,
): string[] {
  const textOf = (all: typeof letters): string =>
    all
      .map(({ sink, id }) => `${sink} ${id}`)
      .toSorted()
      .join('\n')
  return textOf(letters) === textOf(raw.letters) ? [] : ['the dead letters differ']
}
