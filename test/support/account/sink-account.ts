import type { Gap, Sequenced } from '../../../src/model/entry.ts'
import type { Fate, Fault, Place, SinkGot } from './types.ts'
import { covers, type Lost } from './gaps.ts'
import type { JournalReading } from './journal-reading.ts'

/** What became of every event and entry at one sink. */
export function sinkAccount(parts: {
  readonly name: string
  readonly sink: SinkGot
  readonly journal: JournalReading
  readonly journaled: ReadonlyMap<string, Sequenced>
  readonly gaps: readonly Gap[]
  /** Events that are not in the journal. */
  readonly missing: readonly Lost[]
}): { readonly place: Place; readonly faults: readonly Fault[] } {
  const { name, sink, journal, journaled, gaps, missing } = parts
  const got = new Set(sink.got)
  const buried = new Set(
    journal.deadLetters.filter((letter) => letter.sink === name).map(({ id }) => id),
  )
  const confirmed = journal.cursors.find((cursor) => cursor.sink === name)?.confirmed ?? 0
  const faults: Fault[] = []
  const fates = new Map<Fate, number>()

  function settle(fate: Fate, what: string): void {
    fates.set(fate, (fates.get(fate) ?? 0) + 1)
    if (fate === 'unexplained') faults.push({ what: 'unexplained', detail: `${name}: ${what}` })
  }

  function ofEntry(entry: Sequenced): Fate {
    if (got.has(entry.id)) return 'delivered'
    if (buried.has(entry.id)) return 'dead-lettered'
    return entry.seq > confirmed && sink.mayWait === true ? 'waiting' : 'unexplained'
  }

  function ofMissing({ id, engineId, time }: Lost): Fate {
    if (got.has(id)) return 'delivered'
    if (buried.has(id)) return 'dead-lettered'
    if (gaps.some((gap) => covers(gap, engineId, time))) return 'in a gap'
    const told = gaps.some((gap) => gap.sink === name && gap.from <= time && time <= gap.to)
    return told ? 'dropped and told' : 'unexplained'
  }

  for (const entry of journaled.values()) {
    if (entry.kind === 'gap' && entry.sink !== undefined && entry.sink !== name) continue
    settle(ofEntry(entry), `place ${entry.seq}, ${entry.kind} ${entry.id}`)
  }
  for (const event of missing) settle(ofMissing(event), event.line)

  const repeated = sink.got.length - got.size
  if (sink.once === true && repeated > 0) {
    faults.push({ what: 'delivered twice', detail: `${name}: ${repeated} repeats` })
  }
  if (journal.pruned === 0) {
    for (const id of got) {
      if (!journaled.has(id))
        faults.push({ what: 'unknown to the journal', detail: `${name}: ${id}` })
    }
  }
  if (sink.inOrder === true) faults.push(...outOfOrder(name, got, journaled))
  return { place: { fates, repeated }, faults }
}

/** @param got in the order of the first arrivals */
function outOfOrder(
  name: string,
  got: ReadonlySet<string>,
  journaled: ReadonlyMap<string, Sequenced>,
): Fault[] {
  let last = 0
  for (const id of got) {
    const seq = journaled.get(id)?.seq
    if (seq === undefined) continue
    if (seq < last) return [{ what: 'out of order', detail: `${name}: place ${seq} after ${last}` }]
    last = seq
  }
  return []
}
