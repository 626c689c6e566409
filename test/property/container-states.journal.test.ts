import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { afterWord, type KnownContainer } from '../../src/model/container-state.ts'
import { wordOf } from '../../src/model/container-word.ts'
import { pack } from '../../src/journal/packed.ts'
import { gapOf, markerOf } from '../../src/model/entry-factory.ts'
import type { Entry, Origin, Record } from '../../src/model/entry.ts'
import { coverBoth, type Hole } from '../../src/model/hole.ts'
import { createHarness, type Plant } from '../support/journal/harness.ts'
import { replacing } from '../support/journal/plants.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { engine, factsOf, record } from '../support/records.ts'

/** What is appended; a repeat appends one that was appended before. */
type Step =
  | {
      readonly say: 'record'
      readonly container: number
      readonly action: string
      readonly at: number
      readonly origin: Origin
    }
  | { readonly say: 'gap' | 'reconciled'; readonly from: number; readonly ms: number }
  | { readonly say: 'repeat'; readonly which: number }

const ACTIONS = [
  'create', 'start', 'start', 'die', 'die', 'pause', 'unpause', 'rename', 'destroy', 'exec_start: a',
  'health_status: healthy', 'snapshot',
] as const // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      say: fc.constant('record' as const),
      container: fc.nat(3),
      action: fc.constantFrom(...ACTIONS),
      at: fc.nat(40),
      origin: fc.constantFrom<Origin>('observed', 'observed', 'inferred'),
    }),
  },
  fc.record({
    say: fc.constantFrom('gap' as const, 'reconciled' as const),
    from: fc.nat(40),
    ms: fc.nat(20),
  }),
  fc.record({ say: fc.constant('repeat' as const), which: fc.nat(100) }),
)

/** Groups of appends; the journal is opened anew behind some. */
const schedule = fc.array(
  fc.record({ group: fc.array(step, { maxLength: 6 }), reopens: fc.boolean() }),
  { maxLength: 8 },
)

const time = (ms: number): bigint => record('x', { at: ms }).time

function make(said: Step, all: readonly Entry[]): Entry | undefined {
  switch (said.say) {
    case 'repeat':
      return all[said.which % Math.max(1, all.length)]
    case 'gap': {
      const [from, to] = [time(said.from), time(said.from + said.ms)]
      return gapOf({ engine, from, to, cause: 'reconnect', certainty: 'possible' })
    }
    case 'reconciled': {
      const data = { to: String(time(said.from + said.ms)), n: all.length }
      return markerOf({ time: time(said.from), engine, marker: 'engine-reconciled', data })
    }
    case 'record': {
      const { action, at, container, origin } = said
      const id = `c${container}`
      const attributes = { name: `${id}-${at}`, exitCode: String(at % 3), n: String(all.length) }
      const one: Record = { ...record(action, { id, at, attributes }), origin }
      if (action !== 'snapshot') return one
      return { ...one, origin: 'snapshot', enrichment: 'fresh', container: factsOf(id) }
    }
  }
}

/** What is known after entries that were all new, told in so many words. */
function model(entries: readonly Entry[]): {
  readonly known: ReadonlyMap<string, KnownContainer>
  readonly hole: Hole | undefined
} {
  const known = new Map<string, KnownContainer>()
  let hole: Hole | undefined
  for (const entry of entries) {
    if (entry.kind === 'gap') hole = coverBoth(hole, { from: entry.from, to: entry.to })
    if (entry.kind === 'marker' && hole !== undefined && hole.to <= BigInt(entry.data['to']!)) {
      hole = undefined
      for (const [id, { isPartial }] of known) if (isPartial === true) known.delete(id)
    }
    const word = entry.kind === 'record' ? wordOf(entry) : undefined
    if (word === undefined) continue
    const next = afterWord(known.get(word.id), word, hole !== undefined)
    if (next === undefined) known.delete(word.id)
    else known.set(word.id, next)
  }
  return { known, hole }
}

const asAppended = (plant?: Plant) =>
  fc.asyncProperty(schedule, async (groups) => {
    const harness = createHarness({}, plant)
    try {
      const all: Entry[] = []
      for (const { group, reopens } of groups) {
        const entries: Entry[] = []
        for (const said of group) {
          const entry = make(said, [...all, ...entries])
          if (entry !== undefined) entries.push(entry)
        }
        const appended = await harness.journal.append(entries)
        for (const { seq: _place, ...entry } of appended.entries) all.push(entry)
        if (reopens) await harness.reopen()
        const { known, hole } = model(all)
        const kept = await harness.journal.containers(engine.id)
        assert.deepEqual(
          kept.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
          [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
        )
        assert.deepEqual(await harness.journal.hole(engine.id), hole)
        assert.deepEqual(await harness.journal.containers('another engine'), [])
      }
    } finally {
      await harness.close()
    }
  })

test('the journal knows of the containers what its entries say, each taken once', async () => {
  await fc.assert(asAppended(), runs(100))
})

/** Entries that a planted bug made up. */
let made = 0

const planted: { readonly [bug: string]: Plant } = {
  'a repeated entry is taken again': replacing('append', (append) => (groups, now, run) => {
    const results = append(groups, now, run)
    for (const [at, { words = [] }] of groups.entries()) {
      const again = words.filter(({ place }) => results[at]!.places[place] === undefined)
      if (again.length === 0) continue
      const { id } = markerOf({ time: BigInt(made++), marker: 'agent-started', data: {} })
      const entries = pack([{ id, body: '{}' }])
      append([{ entries, words: again.map((word) => ({ ...word, place: 0 })) }], now, run)
    }
    return results
  }),
  'what entries say is lost': replacing(
    'append',
    (append) => (groups, now, run) =>
      append(
        groups.map(({ entries, resume }) => ({ entries, ...(resume && { resume }) })),
        now,
        run,
      ),
  ),
  'only the last word of a group is taken': replacing(
    'append',
    (append) => (groups, now, run) =>
      append(
        groups.map((group) => ({ ...group, ...(group.words && { words: group.words.slice(-1) }) })),
        now,
        run,
      ),
  ),
  'a container that is gone is kept': (_core, db) =>
    db.exec(
      `CREATE TRIGGER IF NOT EXISTS planted BEFORE DELETE ON containers BEGIN SELECT RAISE(IGNORE); END`,
    ),
  'a hole is forgotten': (_core, db) =>
    db.exec(
      `CREATE TRIGGER IF NOT EXISTS planted AFTER INSERT ON holes BEGIN DELETE FROM holes; END`,
    ),
}

for (const [bug, plant] of Object.entries(planted)) {
  test(`the planted bug is found: ${bug}`, () => assertCaught(asAppended(plant)))
}
