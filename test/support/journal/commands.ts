import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Limit } from '../../../src/journal/journal.ts'
import { gapOf, markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry } from '../../../src/model/entry.ts'
import {
  accept,
  assertNothingOverdue,
  assertSame,
  isAnchor,
  isForgotten,
  isOwn,
  placesWith,
  present,
  takeInPruning,
} from './model.ts'
import type { Model, Real } from './model.ts'
import { unsealed } from './unsealed.ts'
import { sinkCommands } from './sink-commands.ts'

export type Command = fc.AsyncCommand<Model, Real>

/** A step: what it does, then everything is compared. */
export function step(
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  isPossible: (model: Model) => boolean = () => true,
): Command {
  return {
    check: isPossible,
    toString: () => name,
    async run(model, real) {
      await run(model, real)
      await takeInPruning(model, real)
      await assertSame(model, real)
    },
  }
}

export const sinkNames = ['a', 'b', 'c'] as const

interface Spec {
  /** One that was appended before, where there is one; else a new one. */
  readonly repeat?: number
  readonly bytes: number
  readonly ageMs: number
  readonly gapFor?: string
}

const spec: fc.Arbitrary<Spec> = fc.record(
  {
    repeat: fc.nat({ max: 200 }),
    bytes: fc.oneof(
      { weight: 3, arbitrary: fc.constant(10) },
      { weight: 2, arbitrary: fc.integer({ min: 1_000, max: 90_000 }) },
    ),
    ageMs: fc.integer({ min: 0, max: 600_000 }),
    gapFor: fc.constantFrom(...sinkNames),
  },
  { requiredKeys: ['bytes', 'ageMs'] },
)

function make(model: Model, real: Real, { repeat, bytes, ageMs, gapFor }: Spec): Entry {
  const again = repeat === undefined ? undefined : model.all.get(repeat)
  if (again !== undefined && !isOwn(again)) return again
  model.made += 1
  const time = real.harness.clock.nowNanos() - BigInt(ageMs) * 1_000_000n
  if (gapFor !== undefined && bytes < 20_000) {
    const span = { from: time - BigInt(model.made), to: time, certainty: 'certain' } as const
    return gapOf({ ...span, cause: 'overflow', count: model.made, sink: gapFor })
  }
  const data = { number: model.made, text: 'x'.repeat(bytes) }
  return markerOf({ time, marker: 'line-undecodable', data })
}

const append = fc.array(spec, { maxLength: 8 }).map((specs) =>
  step(`append(${JSON.stringify(specs)})`, async (model, real) => {
    const group = specs.map((each) => make(model, real, each))
    const known = new Set(present(model).map(({ id }) => id))
    const fresh = group.filter(({ id }) => !known.has(id) && known.add(id))
    const appended = await real.harness.journal.append(group)
    assert.deepEqual(
      appended.entries,
      fresh.map((entry, index) => ({ ...entry, seq: model.last + 1 + index })),
    )
    assert.equal(appended.repeated, group.length - fresh.length)
    for (const entry of appended.entries) accept(model, entry)
  }),
)

const addSink = fc
  .record({
    sink: fc.constantFrom(...sinkNames),
    from: fc.constantFrom('start', 'end'),
    lagMinutes: fc.option(fc.integer({ min: 30, max: 180 }), { nil: undefined }),
  })
  .map(({ sink, from, lagMinutes }) =>
    step(`addSink(${sink}, ${from}, ${lagMinutes} min)`, async (model, real) => {
      const maxLagMs = lagMinutes === undefined ? undefined : lagMinutes * 60_000
      await real.harness.journal.reader(sink, from, maxLagMs === undefined ? {} : { maxLagMs })
      const before = model.sinks.get(sink)
      if (before !== undefined) {
        before.maxLagMs = maxLagMs
        return
      }
      const confirmed = from === 'start' ? model.base : model.last
      const offered = present(model).filter(
        (entry) => entry.seq > confirmed && (entry.kind !== 'gap' || (entry.sink ?? sink) === sink),
      )
      model.sinks.set(sink, {
        bornAt: model.last,
        maxLagMs,
        since: confirmed,
        confirmed,
        generation: 1,
        fates: new Map(offered.map(({ seq }) => [seq, 'pending'])),
        accepted: offered.length,
        delivered: 0,
        dropped: 0,
        discarded: 0,
        held: [],
      })
    }),
  )

/** Never the one that is used most: it would not get far. */
const forget = fc.constantFrom(...sinkNames.slice(1)).map((sink) =>
  step(
    `forget(${sink})`,
    async (model, real) => {
      const state = model.sinks.get(sink)!
      const left = await real.harness.journal.forget(sink)
      assert.deepEqual(left, {
        pending: placesWith(state, 'pending').length,
        deadLetters: placesWith(state, 'dead', 'retry').length,
      })
      model.sinks.delete(sink)
      const marker: Entry | undefined = real.own.findLast((entry) => isForgotten(entry))
      assert.ok(isForgotten(marker))
      const { pending, deadLetters } = marker.data
      assert.deepEqual([marker.data['sink'], { pending, deadLetters }], [sink, left])
    },
    (model) => model.sinks.has(sink),
  ),
)

const later = fc.integer({ min: 1, max: 40 }).map((minutes) =>
  step(`later(${minutes} min)`, async (model, real) => {
    const { clock } = real.harness
    clock.stepWall(minutes * 60_000)
    await clock.advance(1_000)
    await takeInPruning(model, real)
    assertNothingOverdue(model, real)
  }),
)

const reopen = fc.constant(
  step('reopen()', async (_model, real) => {
    assert.equal(real.harness.chainFault(), undefined)
    await real.harness.reopen()
    watchOwn(real)
  }),
)

const history = fc
  .record({ from: fc.nat({ max: 100 }), to: fc.nat({ max: 100 }), reverse: fc.boolean() })
  .map(({ from, to, reverse }) =>
    step(`history(${from}, ${to}, ${reverse})`, async (model, real) => {
      const entries = present(model).sort((a, b) => (a.id < b.id ? -1 : 1))
      const range = { from: entries[from]?.time ?? 0n, to: entries[to]?.time ?? 1n << 62n, reverse }
      const expected = entries.filter(({ time }) => time >= range.from && time <= range.to)
      if (reverse) expected.reverse()
      const found = await Array.fromAsync(real.harness.journal.entries(range))
      assert.deepEqual(unsealed(found), expected)
    }),
  )

export const limit: fc.Arbitrary<Limit> = fc.record({
  entries: fc.integer({ min: 1, max: 10 }),
  bytes: fc.integer({ min: 1, max: 200_000 }),
})

export function watchOwn(real: Real): void {
  real.harness.journal.appended$.subscribe(({ entries }) => {
    for (const entry of entries) {
      if (isOwn(entry)) real.own.push(entry)
    }
  })
}

const anchor = fc.constant(
  step('anchor()', async (model, real) => {
    const isOver = isAnchor(model.all.get(model.last)) || model.last === 0
    await real.harness.journal.anchor()
    assert.equal(real.own.filter(isAnchor).length, isOver ? 0 : 1, 'never two without an entry')
  }),
)

export const commands: fc.Arbitrary<Command>[] = [
  append,
  append,
  append,
  addSink,
  later,
  reopen,
  history,
  anchor,
  forget,
  ...sinkCommands(step, sinkNames, limit),
]
