import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Entry, Gap, Origin, Sequenced } from '../../src/model/entry.ts'
import { untrue } from './account/conclusions.ts'
import { covers, type Lost } from './account/gaps.ts'
import { accountGaps, gapFaults, journaledTwice, neverTold } from './account/journal-account.ts'
import type { JournalReading } from './account/journal-reading.ts'
import { sinkAccount } from './account/sink-account.ts'
import { tableOf } from './account/table.ts'
import { eachOnce, type Told } from './account/told.ts'
import type { Account, EngineHeard, Fate, Fault, Place, SinkGot } from './account/types.ts'

export { readJournal } from './account/journal-reading.ts'
export type { Account, EngineHeard, SinkGot } from './account/types.ts'

/**
 * What became of every event: at the journal, and at every sink. Everything is counted once, so each
 * column's sum is the number of events and other entries.
 */
export function account(parts: {
  readonly engines: readonly EngineHeard[]
  readonly journal: JournalReading
  readonly sinks?: Readonly<{ [name: string]: SinkGot }>
}): Account {
  const { journal, sinks = {} } = parts
  const { entries } = journal
  const engines = parts.engines.map((engine) => ({
    ...engine,
    all: eachOnce(engine.id, engine.heard),
  }))
  const events: Lost[] = engines.flatMap(({ id, all, mine }) =>
    [...all.values()]
      .filter((told) => mine?.(told) ?? true)
      .map((told) => ({ ...told, engineId: id })),
  )
  const journaled = new Map(entries.map((entry) => [entry.id, entry]))
  // What was listed or concluded is no event, whatever its id.
  const observed = new Set(entries.filter(isOf('observed')).map(({ id }) => id))
  const gaps = entries.filter((entry): entry is Sequenced<Gap> => entry.kind === 'gap')
  const missing = events.filter((event) => !observed.has(event.id))
  const arrived = new Set(Object.values(sinks).flatMap(({ got }) => got))
  const lost = missing.filter((event) => !wasPruned(event, journal, gaps, arrived))
  const unexplained = lost.filter(
    ({ engineId, time }) => !gaps.some((gap) => covers(gap, engineId, time)),
  )
  const accounted = accountGaps(gaps, events, lost)

  const faults: Fault[] = [
    ...journal.disagreements.map((detail): Fault => ({
      what: 'the readings of the journal differ',
      detail,
    })),
    ...unexplained.map(({ line }): Fault => ({ what: 'unexplained', detail: `journal: ${line}` })),
    ...journaledTwice(entries),
    ...engines.flatMap((engine) => neverTold(engine, entries)),
    ...engines.flatMap((engine) => untrue(engine, entries, observed)),
    ...gapFaults({ gaps: accounted, lost, entries, engines }),
  ]
  const places = new Map<string, Place>()
  places.set('journal', {
    repeated: 0,
    fates: new Map<Fate, number>([
      ['journaled', entries.length],
      ['pruned', missing.length - lost.length],
      ['in a gap', lost.length - unexplained.length],
      ['unexplained', unexplained.length],
    ]),
  })
  for (const [name, sink] of Object.entries(sinks)) {
    const made = sinkAccount({ name, sink, journal, journaled, gaps, missing })
    places.set(name, made.place)
    faults.push(...made.faults)
  }
  const inferred = entries.filter(isOf('inferred')).length
  const others = entries.length - (events.length - missing.length)
  return { events: events.length, others, inferred, places, gaps: accounted, faults }
}

const isOf =
  (origin: Origin) =>
  (entry: Entry): boolean =>
    entry.kind === 'record' && entry.origin === origin

/** Retention took it away: a sink had it before, or was told that it will not get it. */
function wasPruned(
  { id, time }: Told,
  { pruned, deadLetters }: JournalReading,
  gaps: readonly Gap[],
  arrived: ReadonlySet<string>,
): boolean {
  if (pruned === 0) return false
  return (
    arrived.has(id) ||
    deadLetters.some((letter) => letter.id === id) ||
    gaps.some(({ sink, from, to }) => sink !== undefined && from <= time && time <= to)
  )
}

/** Prints the account, and fails where anything is unexplained or otherwise at fault. */
export function assertBalanced(t: Pick<TestContext, 'diagnostic'>, made: Account): void {
  const table = tableOf(made)
  for (const line of table.split('\n')) t.diagnostic(line)
  assert.equal(made.faults.length, 0, `the account does not balance:\n${table}`)
}
