import * as fc from 'fast-check'
import { ALERT_STATES, alertOf } from '../../src/model/alert.ts'
import { escapeGlob } from '../../src/filter/glob.ts'
import { CAUSES as LIFE_CAUSES } from '../../src/model/life/life.ts'
import { GAP_CAUSES, MARKERS } from '../../src/filter/entry-words.ts'
import type { ContainerFacts } from '../../src/model/container-facts.ts'
import { decodeEntry, encodeEntry } from '../../src/model/entry-codec.ts'
import { FINDINGS, FINDING_STATES } from '../../src/model/finding.ts'
import { findingOf, gapOf, lifeOf, markerOf, recordOf } from '../../src/model/entry-factory.ts'
import type { EngineRef, Entry } from '../../src/model/entry.ts'
import {
  anyText, durationTerm, numberTerm, pattern, plain, termOf, textTerm, timeTerm, treesOf, wordTerm,
  wordsTerm,
} from './filters.ts' // prettier-ignore
import { factsOf } from './records.ts'
import type { Filter } from '../../src/filter/syntax.ts'
import { bindFilter } from '../../src/filter/bind.ts'
import { ENTRIES } from '../../src/filter/entries.ts'

/** Entries and filters of them that often meet, with everything that is awkward in SQL and JSON. */

/** The moment the filters' relative times are of. */
export const NOW = 1_795_358_966_500_000_000n

/** Few, so that they often meet; each breaks some way of asking for it. */
const AWKWARD = [
  'a', 'b', 'ab', 'a/b', 'a"b', 'a\\b', 'a*b', 'a?b', '[a]', '😀', 'a😀', 'a\0b', '', 'null', 'a:b', "a'b",
] // prettier-ignore
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 1, arbitrary: anyText },
)
const asked = fc.oneof(
  fc.constantFrom('die', 'kill', 'a', '*'),
  fc
    .tuple(
      fc.constantFrom('', '', '*', '?'),
      fc.constantFrom(...AWKWARD),
      fc.constantFrom('', '*', '?'),
    )
    .map(([before, text, behind]) => before + escapeGlob(text) + behind),
  pattern,
)
const time = fc.oneof(
  fc.constantFrom(
    NOW, NOW + 1n, NOW - 1n, NOW - 7_200_000_000_000n, NOW - 7_200_000_000_001n, 0n,
    1_795_338_000_000_000_001n, (1n << 63n) - 1n,
  ),
  fc.bigInt(NOW - 200_000_000_000_000n, NOW),
) // prettier-ignore

export const LABELS = [
  'team', 'a.b', 'a"b', 'a\\b', 'a', '', '😀', 'exitCode', 'signal', 'name', '__proto__', "'", '$',
  'com.docker.compose.project', 'com.docker.compose.service', 'com.docker.swarm.service.name',
] // prettier-ignore

/** As Docker sends them, and what no engine sends but JSON can hold. */
const value = fc.oneof(
  { weight: 6, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.constantFrom('137', '0', '-1', '0137', '99999999999', '9', 'SIGTERM'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, 1.5, 100, true, { a: ['b'] }, [], 1e21),
  },
)

const names = fc.constantFrom(...LABELS, 'image', 'exitCode', 'exitCode', 'signal', 'execID')
const attributes = fc
  .tuple(
    fc.dictionary(names, value, { maxKeys: 5, noNullPrototype: true }),
    fc.constantFrom({}, { exitCode: '137' }, { exitCode: '0', signal: '9' }),
  )
  .map(([some, ends]) => ({ ...some, ...ends }))
const labels = fc.dictionary(fc.constantFrom(...LABELS), text, {
  maxKeys: 4,
  noNullPrototype: true,
})

const engine: fc.Arbitrary<EngineRef> = plain({
  id: fc.constantFrom('a', 'e1'),
  name: fc.constantFrom('a', 'b', 'host'),
  version: fc.constant('28'),
  apiVersion: fc.constant('1.51'),
})

const facts = (time: bigint): fc.Arbitrary<ContainerFacts> =>
  fc
    .record({
      name: text,
      image: text,
      labels,
      exitCode: fc.constantFrom(0, 137, 1),
      finished: fc.option(
        fc.constantFrom(0n, 10_000_000n, 10_000_001n, -10_000_000_000n, -10_000_000_001n),
      ),
      ran: fc.option(fc.constantFrom(0n, 1n, -1n, 1_000_000_000n)),
    })
    .map(({ name, image, labels, exitCode, finished, ran }) =>
      factsOf('c1', {
        name,
        image: { name: image, id: 'sha256:ab' },
        labels,
        state: {
          status: 'exited',
          exitCode,
          oomKilled: false,
          error: '',
          restartCount: 0,
          ...(finished === null ? {} : { finishedAt: time + finished }),
          ...(ran === null ? {} : { startedAt: time + (finished ?? 0n) - ran }),
        },
      }),
    )

const record: fc.Arbitrary<Entry> = time.chain((time) =>
  fc
    .record({
      engine,
      type: fc.constantFrom('container', 'container', 'container', 'container', 'image', 'volume'),
      action: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom('die', 'exec_die', 'kill', 'exec_create: a', '', 'a'),
        },
        { weight: 1, arbitrary: text },
      ),
      actor: fc.oneof(fc.constantFrom('sha256:a/b', 'abab', 'sha256:a\0b', ''), text),
      attributes: fc.option(attributes),
      // What ended beyond SQLite's integers ended in the year 2262.
      facts: fc.option(facts(time < 2n * NOW ? time : NOW)),
      enrichment: fc.constantFrom('fresh' as const, 'cached' as const, 'missing' as const),
      origin: fc.constantFrom('observed' as const, 'inferred' as const),
      shadowed: fc.boolean(),
      bare: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ engine, type, action, actor, attributes, facts, shadowed, bare, ...rest }) => {
      const { enrichment, origin } = rest
      const wire = {
        Type: type,
        ...(bare === 0 ? {} : { Action: action }),
        ...(bare === 1 ? {} : { Actor: { ID: bare === 2 ? null : actor, Attributes: attributes } }),
      }
      const line = JSON.stringify(wire)
      const event = { type, action, actorId: actor, attributes: {}, time, line }
      const flags = shadowed ? (['label-shadows-attribute'] as const) : []
      const record = { ...recordOf(engine, event), enrichment, origin, flags }
      // The engine's line decides, as it does behind the journal.
      return decodeEntry(encodeEntry(facts === null ? record : { ...record, container: facts }))
    }),
)

const withEngine = fc.option(engine).map((engine) => (engine === null ? {} : { engine }))

const gap: fc.Arbitrary<Entry> = fc
  .tuple(time, fc.constantFrom(...GAP_CAUSES), fc.boolean(), withEngine)
  .map(([to, cause, certain, engine]) =>
    gapOf({ from: 0n, to, cause, certainty: certain ? 'certain' : 'possible', ...engine }),
  )

const marker: fc.Arbitrary<Entry> = fc
  .tuple(time, fc.constantFrom(...MARKERS), withEngine, text)
  .map(([time, marker, engine, name]) => markerOf({ time, marker, data: { name }, ...engine }))

const ended = fc.option(fc.constantFrom(0n, 10_000_000_000n, 9_999_999_999n), { nil: undefined })

const life: fc.Arbitrary<Entry> = time.chain((time) =>
  fc
    .record({
      engine,
      container: plain({ id: fc.constantFrom('abab', 'a', 'sha256:a/b'), name: text, image: text }),
      lineage: fc.record(
        { key: text, name: text, project: text, service: text },
        { requiredKeys: ['key', 'name'], noNullPrototype: true },
      ),
      cause: fc.constantFrom(...LIFE_CAUSES),
      ran: ended,
      late: ended,
      exitCode: fc.constantFrom(undefined, 0, 137),
      signal: fc.constantFrom(undefined, 9, 15),
      ooms: fc.nat(1),
    })
    .map(({ engine, ran, late, exitCode, signal, ...rest }) =>
      lifeOf(engine, {
        ...rest,
        time: time < 2n * NOW ? time : NOW,
        number: 1,
        run: 1,
        evidence: [],
        notes: [],
        pausedNanos: 0n,
        healthFlips: 0,
        execs: 0,
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(signal === undefined ? {} : { signal }),
        ...(ran === undefined ? {} : { startedAt: NOW - ran }),
        ...(late === undefined ? {} : { endedAt: NOW + late }),
      }),
    ),
)

const finding: fc.Arbitrary<Entry> = fc
  .record({
    engine,
    time: time.map((at) => (at < 2n * NOW ? at : NOW)),
    finding: fc.constantFrom(...FINDINGS),
    state: fc.constantFrom(...FINDING_STATES),
    container: plain({ id: fc.constantFrom('abab', 'a', 'sha256:a/b'), name: text, image: text }),
    lineage: fc.record(
      { key: text, name: text, project: text, service: text },
      { requiredKeys: ['key', 'name'], noNullPrototype: true },
    ),
    details: fc.array(text, { maxLength: 2 }),
  })
  .map(({ engine, ...rest }) => findingOf(engine, { ...rest, evidence: [], numbers: {}, said: '' }))

const alert: fc.Arbitrary<Entry> = fc
  .record(
    {
      time: time.map((at) => (at < 2n * NOW ? at : NOW)),
      engine,
      rule: text,
      state: fc.constantFrom(...ALERT_STATES),
      container: plain({ id: fc.constantFrom('abab', 'a', 'sha256:a/b'), name: text, image: text }),
      lineage: fc.record(
        { key: text, name: text, project: text, service: text },
        { requiredKeys: ['key', 'name'], noNullPrototype: true },
      ),
    },
    { requiredKeys: ['time', 'rule', 'state'], noNullPrototype: true },
  )
  .map((some) => {
    const rest = { group: '', opening: '', since: 0n, matches: 1, evidence: [], said: '' }
    return alertOf({ ...some, ...rest }, '', '')
  })

export const entryToAsk: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 6, arbitrary: record },
  { weight: 2, arbitrary: life },
  { weight: 1, arbitrary: finding },
  { weight: 1, arbitrary: alert },
  { weight: 1, arbitrary: gap },
  { weight: 1, arbitrary: marker },
)

const fieldTerms = ENTRIES.fields.map((field): fc.Arbitrary<Filter> => {
  switch (field.type) {
    case 'number':
      return numberTerm(field.name)
    case 'time':
      return timeTerm(field.name)
    case 'enum':
      return wordsTerm(field.name, field.values)
    case 'boolean':
      return wordsTerm(field.name, ['true', 'false'])
    case 'duration':
      return durationTerm(field.name)
    case 'text':
      return textTerm(fc.constant(field.name), asked)
  }
})

/** Filters of entries; the ends of a range may be the wrong way round. */
export const entryFilter: fc.Arbitrary<Filter> = treesOf(
  fc.oneof(
    ...fieldTerms,
    numberTerm('exit'),
    numberTerm('exit'),
    textTerm(
      fc
        .constantFrom(...LABELS)
        .filter((name) => name !== '')
        .map((name) => `label.${name}`),
      asked,
    ),
    wordTerm,
    fc.constantFrom('since', 'until').map((key) => termOf(key, ':', ['2h'])),
  ),
)

/** Those without a mistake. */
export const validFilter = entryFilter.filter(
  (filter) => 'bound' in bindFilter(filter, ENTRIES, NOW),
)
