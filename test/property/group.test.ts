import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Subject, map, type OperatorFunction } from 'rxjs'
import * as fc from 'fast-check'
import { gapOf } from '../../src/model/entry-factory.ts'
import type { Entry } from '../../src/model/entry.ts'
import type { ResumePoint } from '../../src/model/resume-point.ts'
import type { Flowing, Group } from '../../src/streams/flow.ts'
import { groupEntries, type GroupOptions } from '../../src/streams/group.ts'
import { skippedOf } from '../../src/streams/skipped.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { record } from '../support/records.ts'

type Make = (options: GroupOptions) => OperatorFunction<Flowing, Group>

/** What comes, and how many milliseconds pass before it. */
const step = fc.record({
  kind: fc.constantFrom('record', 'record', 'record', 'snapshot', 'gap', 'skipped'),
  waitMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(4) },
    { weight: 1, arbitrary: fc.nat(30) },
  ),
  bytes: fc.nat(2_000),
})

function valueOf(kind: string, index: number, bytes: number): Flowing {
  const entry = record('start', { at: index, attributes: { pad: 'x'.repeat(bytes) } })
  if (kind === 'record') return entry
  if (kind === 'snapshot') return { ...entry, origin: 'snapshot' }
  if (kind === 'skipped') return skippedOf(entry, 'filter')!
  const { time } = entry
  return gapOf({ from: time, to: time, cause: 'reconnect', certainty: 'possible' })
}

const positionOf = (value: Flowing): ResumePoint | undefined => {
  if (value.kind === 'skipped') return { engineId: value.engineId, id: value.id, time: value.time }
  if (value.kind !== 'record' || value.origin !== 'observed') return undefined
  return { engineId: value.engine.id, id: value.id, time: value.time }
}

const weightOf = (entry: Entry): number =>
  entry.kind === 'record' ? entry.event.line.length + 1_000 : 300

const groupsKeepTheirWord = (make: Make) =>
  fc.asyncProperty(
    fc.array(step, { maxLength: 30 }),
    fc.record({
      maxEntries: fc.integer({ min: 1, max: 6 }),
      maxBytes: fc.integer({ min: 1, max: 12_000 }),
      lingerMs: fc.integer({ min: 1, max: 8 }),
    }),
    async (steps, limits) => {
      const clock = createManualClock()
      const idleMs = 20
      const input = new Subject<Flowing>()
      const groups: Group[] = []
      let completed = false
      /** When the oldest value that is in no group came. */
      const waiting: { readonly value: Flowing; readonly since: number }[] = []
      input.pipe(make({ ...limits, idleMs, clock })).subscribe({
        next(group) {
          groups.push(group)
          const carried = group.entries.length
          const last = group.resume?.id ?? group.entries.at(-1)?.id
          // Everything up to the last value that this group tells of is in it.
          let entries = 0
          while (waiting.length > 0) {
            const { value } = waiting[0]!
            if (value.kind !== 'skipped' && entries === carried) break
            if (value.kind !== 'skipped') entries++
            waiting.shift()
            if (entries === carried && value.id === last) break
          }
        },
        complete: () => (completed = true),
      })
      const given: Flowing[] = []
      const checkTimes = (): void => {
        const entry = waiting.find(({ value }) => value.kind !== 'skipped')
        if (entry !== undefined)
          assert.ok(clock.monotonic() - entry.since < limits.lingerMs, 'an entry lingers too long')
        if (waiting[0] !== undefined)
          assert.ok(clock.monotonic() - waiting[0].since < idleMs, 'a resume point waits too long')
      }
      for (const [index, { kind, waitMs, bytes }] of steps.entries()) {
        for (let passed = 0; passed < waitMs; passed++) {
          await clock.advance(1)
          checkTimes()
        }
        const value = valueOf(kind, index, bytes)
        given.push(value)
        waiting.push({ value, since: clock.monotonic() })
        input.next(value)
      }
      input.complete()
      assert.ok(completed)
      assert.equal(clock.pending, 0, 'a timer is left')

      const entries = given.filter((value) => value.kind !== 'skipped')
      assert.deepEqual(
        groups.flatMap((group) => group.entries),
        entries,
        'all entries, in order',
      )
      for (const group of groups) {
        assert.ok(group.entries.length <= limits.maxEntries, 'too many entries')
        const bytes = group.entries.reduce((sum, entry) => sum + weightOf(entry), 0)
        assert.ok(group.entries.length <= 1 || bytes <= limits.maxBytes, 'too many bytes')
        assert.ok(group.entries.length > 0 || group.resume !== undefined, 'an empty group')
      }
      checkResume(groups, given)
    },
  )

/** Each resume point is behind all values of its group and before all of the next ones. */
function checkResume(groups: readonly Group[], given: readonly Flowing[]): void {
  let at = 0
  for (const group of groups) {
    let behind = 0
    let expected: ResumePoint | undefined
    while (at < given.length && behind < group.entries.length) {
      const value = given[at++]!
      if (value.kind !== 'skipped') behind++
      expected = positionOf(value) ?? expected
    }
    while (
      at < given.length &&
      given[at]!.kind === 'skipped' &&
      expected?.id !== group.resume?.id
    ) {
      expected = positionOf(given[at++]!)
    }
    assert.deepEqual(group.resume, expected, 'the resume point is the last position of the group')
  }
  const last = given.map(positionOf).findLast((position) => position !== undefined)
  const told = groups.map((group) => group.resume).findLast((position) => position !== undefined)
  assert.deepEqual(told, last, 'the last resume point is the last position')
}

test('groups hold all entries in order, within their limits, with the position behind them', async () => {
  await fc.assert(groupsKeepTheirWord(groupEntries), runs(200))
})

const planted: { readonly [bug: string]: Make } = {
  'one entry too many': (options) =>
    groupEntries({ ...options, maxEntries: options.maxEntries! + 1 }),
  'too many bytes': (options) => groupEntries({ ...options, maxBytes: options.maxBytes! * 2 }),
  'lingers too long': (options) =>
    groupEntries({ ...options, lingerMs: (options.lingerMs as number) + 1 }),
  'each entry starts the time anew': (options) => (source) =>
    source.pipe(groupEntries({ ...options, lingerMs: 25 })),
  'what is left is lost': (options) => (source) => {
    const cut = new Subject<Flowing>()
    source.subscribe({ next: (value) => cut.next(value) })
    return cut.pipe(groupEntries(options))
  },
  'skipped values move nothing': (options) => (source) =>
    source.pipe(
      groupEntries(options),
      map((group) => (group.entries.length > 0 ? group : { entries: [] })),
    ),
  'the position of the first entry': (options) => (source) =>
    source.pipe(
      groupEntries(options),
      map((group) => {
        const first = group.entries.map(positionOf).find((position) => position !== undefined)
        return first === undefined ? group : { ...group, resume: first }
      }),
    ),
  'snapshots move the position': (options) => (source) =>
    source.pipe(
      groupEntries(options),
      map((group) => {
        const last = group.entries.at(-1)
        if (last?.kind !== 'record') return group
        return { ...group, resume: { engineId: last.engine.id, id: last.id, time: last.time } }
      }),
    ),
  'out of order': (options) => (source) =>
    source.pipe(
      groupEntries(options),
      map((group) => ({ ...group, entries: group.entries.toReversed() })),
    ),
}

describe('the property catches', () => {
  for (const [bug, make] of Object.entries(planted)) {
    test(bug, () => assertCaught(groupsKeepTheirWord(make)))
  }
})
