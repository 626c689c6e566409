import type { DatabaseSync } from 'node:sqlite'
import { createCore, createLocalCaller, type Core } from '../../../src/journal/caller.ts'
import { openForWriting } from '../../../src/journal/database.ts'
import { createJournal } from '../../../src/journal/facade.ts'
import { beginJournal } from '../../../src/journal/beginning.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { createLedger } from '../../../src/journal/ledger.ts'
import { migrate } from '../../../src/journal/schema.ts'
import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry, Seq, Sequenced } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { ecs } from '../../../src/sinks/formats/ecs.ts'
import { gapFor, plainRecord } from '../entries.ts'
import { reseal } from '../journal/reseal.ts'
import { createManualClock } from '../manual-clock.ts'

/** A journal as a sink saw it grow, before anybody touches it. */
export interface TrailSpec {
  readonly entries: number
  /** An anchor after so many. */
  readonly anchorEvery: number
  /** Places that retention has pruned. */
  readonly pruned: number
  /** Places that the sink has confirmed, of those there are: 0 to 1. */
  readonly confirmed: number
  /** The sink gets records only. */
  readonly isFiltered: boolean
  /** The sink refused every so many; 0: none. */
  readonly refuses: number
}

export interface TamperedTrail extends AsyncDisposable {
  readonly db: DatabaseSync
  readonly journal: Journal
  /** What the sink has, a line a document, in the order of delivery. */
  readonly lines: string[]
  readonly first: Seq
  readonly last: Seq
}

export const SINK = 'witness'
export const isRecord = (entry: Entry): boolean => entry.kind === 'record'

const entryOf = (number: number): Entry =>
  number % 7 === 3
    ? gapFor(number % 2 === 1 ? undefined : number % 3 === 0 ? SINK : 'another', number)
    : number % 5 === 4
      ? markerOf({ time: BigInt(number), marker: 'agent-started', data: { number, text: 'é"\\' } })
      : plainRecord(number)

export async function makeTrail(spec: TrailSpec): Promise<TamperedTrail> {
  const db = openForWriting(':memory:')
  const clock = createManualClock()
  migrate(db, 'a journal to be tampered with')
  beginJournal(db, clock.nowNanos())
  const anchors = { entries: spec.anchorEvery, everyMs: 3_600_000 }
  const core = createCore(db, 'memory', 'both', { anchors }) as Core
  const caller = createLocalCaller(core, () => {})
  const journal = createJournal({ writer: caller, reader: caller, clock, log: silentLog })
  const reader = await journal.reader(SINK, 'start')
  const lines: string[] = []
  for (let made = 0; made < spec.entries;) {
    const group = Array.from({ length: Math.min(3, spec.entries - made) }, () => entryOf(made++))
    await journal.append(group)
  }
  const last = (await journal.stats()).lastSeq
  const upTo = Math.floor(last * spec.confirmed)
  for (let confirmed = 0; confirmed < upTo;) {
    const page = await reader.read({ entries: Math.min(10, upTo - confirmed), bytes: 1e9 })
    if (page === undefined) break
    confirmed = page.entries.at(-1)!.seq
    const meant = page.entries.filter((entry) => !spec.isFiltered || isRecord(entry))
    const isRefused = ({ seq }: Sequenced): boolean => spec.refuses > 0 && seq % spec.refuses === 0
    const refused = meant.filter(isRefused).map(({ seq }) => ({ seq, reason: 'no' }))
    lines.push(...meant.filter((entry) => !isRefused(entry)).map(ecs))
    await reader.commit(page, refused)
  }
  const pruned = Math.min(spec.pruned, last - 2)
  if (pruned > 0) prune(db, pruned)
  return {
    db,
    journal,
    lines,
    first: pruned + 1,
    last,
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}

/** As retention does it. */
function prune(db: DatabaseSync, upTo: Seq): void {
  const { hash } = db.prepare('SELECT hash FROM entries WHERE seq = ?').get(upTo) as {
    hash: Uint8Array
  }
  db.prepare('DELETE FROM entries WHERE seq <= ?').run(upTo)
  createLedger(db).rebase(upTo, hash)
  db.prepare('UPDATE cursors SET confirmed = max(confirmed, ?)').run(upTo)
  reseal(db)
}
