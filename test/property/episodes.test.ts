import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { gapOf } from '../../src/model/entry-factory.ts'
import type { Entry } from '../../src/model/entry.ts'
import type { Told } from '../../src/model/life/episode.ts'
import { createEpisodes, type Episodes } from '../../src/streams/episodes.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { engine, record } from '../support/records.ts'

const ACTIONS = [
  'create', 'start', 'die', 'kill', 'stop', 'restart', 'oom', 'destroy', 'remove', 'init', 'cleanup',
  'pause', 'health_status: healthy', 'exec_create: a', 'exec_start: a', 'exec_die', 'connect', 'disconnect', 'pull', 'gap',
] as const // prettier-ignore

const step = fc.record({
  action: fc.constantFrom(...ACTIONS),
  container: fc.constantFrom('c1', 'c2'),
  /** Between this event and the one before, by the engine's time; engines don't keep quite to it. */
  after: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -20, max: 400 }) },
    { weight: 2, arbitrary: fc.integer({ min: 900, max: 12_000 }) },
  ),
  /** And by the clock: history comes all at once. */
  later: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(15_000)),
  signal: fc.constantFrom('1', '9', '15'),
  exec: fc.constantFrom('e1', 'e2', ''),
})

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function entryOf({ action, container, signal, exec }: Step, at: number, index: number): Entry {
  const attributes = {
    name: container,
    image: 'nginx',
    signal,
    exitCode: '1',
    index: `${index}`,
    ...(exec === '' ? {} : { execID: exec }),
  }
  if (action === 'pull') return record('pull', { id: 'nginx', type: 'image', at, attributes })
  if (action === 'connect' || action === 'disconnect') {
    return record(action, {
      id: 'net',
      type: 'network',
      at,
      attributes: { ...attributes, container },
    })
  }
  const entry = record(action, { id: container, at, attributes })
  if (action !== 'gap') return entry
  const { time } = entry
  return gapOf({ engine, from: time - 1n, to: time, cause: 'reconnect', certainty: 'possible' })
}

const entriesIn = (told: Told): readonly Entry[] =>
  told.kind === 'single' ? [told.entry] : told.events

/** Longer than anything waits, in ms. */
const LONGEST_WAIT = 11_000

const eachIsToldOnce = (make: () => Episodes) =>
  fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const episodes = make()
    const given: Entry[] = []
    const arrivals = new Map<Entry, number>()
    const told: Entry[] = []
    let [at, now] = [0, 0]
    const take = (all: readonly Told[]): void => {
      for (const entry of all.flatMap(entriesIn)) told.push(entry)
    }
    for (const [index, each] of steps.entries()) {
      for (const until = now + each.later; ;) {
        const { dueAt } = episodes
        if (dueAt === undefined || dueAt > until) {
          now = until
          break
        }
        now = Math.max(now, dueAt)
        take(episodes.due(now))
        assert.notEqual(episodes.dueAt, dueAt, 'what was due is still there')
      }
      at += each.after
      const entry = entryOf(each, at, index)
      given.push(entry)
      arrivals.set(entry, now)
      take(episodes.take(entry, now))
    }
    take(episodes.due(now + LONGEST_WAIT))
    assert.equal(episodes.dueAt, undefined, 'something waits too long')
    take(episodes.end())
    assert.equal(told.length, given.length)
    assert.deepEqual(new Set(told), new Set(given))
  })

/** Execs of one container: when each was prepared, how long until its start, and how long it ran; in ms. */
const exec = fc.record({
  at: fc.nat(5_000),
  startsAfter: fc.nat(100),
  ran: fc.oneof(fc.nat(900), fc.integer({ min: 1_100, max: 9_000 })),
})

const execsAreGrouped = (make: () => Episodes) =>
  fc.property(fc.array(exec, { minLength: 1, maxLength: 8 }), (all) => {
    const events = all
      .flatMap(({ at, startsAfter, ran }, index) => {
        const [start, end] = [at + startsAfter, at + startsAfter + ran]
        const attributes = { execID: `e${index}`, exitCode: `${index}` }
        return [
          { at, entry: record(`exec_create: run ${index}`, { at, attributes }) },
          { at: start, entry: record(`exec_start: run ${index}`, { at: start, attributes }) },
          { at: end, entry: record('exec_die', { at: end, attributes }) },
        ]
      })
      .sort((a, b) => a.at - b.at)
    const episodes = make()
    const told = [
      ...events.flatMap(({ at, entry }) => [...episodes.due(at), ...episodes.take(entry, at)]),
      ...episodes.end(),
    ]
    const expected = all.map(({ ran }) => (ran < 1_000 ? ['3 ended'] : ['2 goes on', '1 ended']))
    const lines = all.map((): string[] => [])
    for (const each of told) {
      assert.equal(each.kind, 'exec')
      if (each.kind !== 'exec') continue
      const { command = '', exitCode, endedAt } = each.exec
      const index = Number(command.replace('run ', ''))
      if (endedAt !== undefined) assert.equal(exitCode, index)
      lines[index]!.push(`${each.events.length} ${endedAt === undefined ? 'goes on' : 'ended'}`)
    }
    assert.deepEqual(lines, expected)
  })

/** As if a container had one exec at a time. */
function joinedByContainer(): Episodes {
  const real = createEpisodes()
  const one = (entry: Entry): Entry =>
    entry.kind === 'record'
      ? {
          ...entry,
          event: { ...entry.event, attributes: { ...entry.event.attributes, execID: 'e' } },
        }
      : entry
  return {
    take: (entry, now) => real.take(one(entry), now),
    due: (now) => real.due(now),
    get dueAt() {
      return real.dueAt
    },
    end: () => real.end(),
  }
}

describe('episodes', () => {
  test('every entry of the stream is told in exactly one episode or by itself, in whatever order they come', () => {
    fc.assert(eachIsToldOnce(createEpisodes), runs(500))
  })

  test('execs that are told together by their container alone are caught', async () => {
    await assertCaught(execsAreGrouped(joinedByContainer))
  })

  const planted: { readonly [bug: string]: (real: Episodes) => Partial<Episodes> } = {
    'what is due by the clock is not given out': (real) => ({
      due(now) {
        real.due(now)
        return []
      },
    }),
    'what a later event ends is told again with it': (real) => ({
      take(entry, now) {
        const told = real.take(entry, now)
        return told.length > 1 ? [told[0]!, ...told] : told
      },
    }),
    'a gap ends what waits, and it is forgotten': (real) => ({
      take(entry, now) {
        const told = real.take(entry, now)
        if (entry.kind === 'gap') real.end()
        return told
      },
    }),
    'what has a word of its own is left out of an episode': (real) => ({
      due: (now) => real.due(now).slice(0, 1),
    }),
  }
  test('of one exec all that comes within a second is told together, and begins and ends once', () => {
    fc.assert(execsAreGrouped(createEpisodes), runs(300))
  })

  for (const [bug, plant] of Object.entries(planted)) {
    test(`a planted bug is caught: ${bug}`, async () => {
      await assertCaught(
        eachIsToldOnce(() => {
          const real = createEpisodes()
          const changed = plant(real)
          return {
            take: (entry, now) => changed.take?.(entry, now) ?? real.take(entry, now),
            due: (now) => changed.due?.(now) ?? real.due(now),
            get dueAt() {
              return real.dueAt
            },
            end: () => real.end(),
          }
        }),
      )
    })
  }
})
