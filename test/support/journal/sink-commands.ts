import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { JournalReader, Limit, Page } from '../../../src/journal/journal.ts'
import type { Seq } from '../../../src/model/entry.ts'
import type { Command } from './commands.ts'
import { unsealed } from './unsealed.ts'
import { expectedPage, isFor, placesWith, present } from './model.ts'
import type { Fate, Model, Real, SinkModel } from './model.ts'

type Step = (
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  isPossible?: (model: Model) => boolean,
) => Command

/** What shippers and people do to one sink's cursor and dead letters. */
export function sinkCommands(
  step: Step,
  sinkNames: readonly string[],
  limit: fc.Arbitrary<Limit>,
): fc.Arbitrary<Command>[] {
  // One sink is used most, so that its dead letters are retried, read and refused again.
  const [most, ...others] = sinkNames.map((name) => fc.constant(name))
  const sink = fc.oneof({ weight: 4, arbitrary: most! }, ...others)
  const knows = (name: string) => (model: Model) => model.sinks.has(name)

  const read = fc.tuple(sink, limit, fc.boolean()).map(([name, limit, ahead]) =>
    step(
      `read(${name}, ${JSON.stringify(limit)}, ${ahead})`,
      async (model, real) => {
        const { held } = model.sinks.get(name)!
        const after = ahead ? held.at(-1)?.entries.at(-1)!.seq : undefined
        const page = await (await readerOf(model, real, name)).read(limit, after)
        assertPage(model, name, page, limit, after)
        if (page === undefined) return
        if (after === undefined || held[0]!.origin === 'dead-letters') held.length = 0
        held.push(page)
      },
      knows(name),
    ),
  )

  const commit = fc
    .tuple(sink, fc.nat({ max: 3 }), fc.array(fc.nat({ max: 3 }), { maxLength: 4 }))
    .map(([name, which, refusals]) =>
      step(
        `commit(${name}, page ${which}, refused ${refusals.join()})`,
        async (model, real) => {
          const state = model.sinks.get(name)!
          const page = state.held[Math.min(which, state.held.length - 1)]!
          const refused = new Set(
            refusals.map((at) => page.entries[at]?.seq).filter((seq) => seq !== undefined),
          )
          const answer = await settled(
            (await readerOf(model, real, name)).commit(
              page,
              [...refused].map((seq) => ({ seq, reason: `no ${seq}` })),
            ),
          )
          assert.equal(answer, settle(state, page, refused))
          state.held = answer === true ? state.held.filter((each) => each !== page) : []
          // Dead letters take room too, and unlike an append they wait for the next look.
          const { bytes } = await real.harness.journal.stats()
          if (refused.size > 0 && bytes > real.maxBytes) await real.harness.clock.advance(1_000)
        },
        (model) => (model.sinks.get(name)?.held.length ?? 0) > 0,
      ),
    )

  const rewind = fc.tuple(sink, fc.integer({ min: 0, max: 60 })).map(([name, back]) =>
    step(
      `rewind(${name}, by ${back})`,
      async (model, real) => {
        const state = model.sinks.get(name)!
        const to = Math.max(0, state.confirmed - back)
        await real.harness.journal.rewind(name, to)
        const start = Math.max(to, model.base)
        for (const { seq, ...entry } of present(model)) {
          if (seq <= start || seq > state.confirmed || !isFor(entry, name)) continue
          const fate = state.fates.get(seq)
          if (fate !== 'dead' && fate !== 'retry') state.accepted += 1
          state.fates.set(seq, 'pending')
        }
        state.confirmed = start
        state.since = Math.min(state.since, start)
        state.generation += 1
      },
      knows(name),
    ),
  )

  const letters = fc
    .tuple(sink, fc.constantFrom('retry', 'retry', 'drop'), fc.option(fc.array(fc.nat({ max: 5 }))))
    .map(([name, what, picks]) =>
      step(
        `${what}(${name}, ${picks === null ? 'all' : picks.join()})`,
        async (model, real) => {
          const state = model.sinks.get(name)!
          const dead = placesWith(state, 'dead', 'retry')
          const seqs = picks?.map((at) => dead[at] ?? 0)
          const chosen = new Set(dead.filter((seq) => seqs === undefined || seqs.includes(seq)))
          const { journal } = real.harness
          if (what === 'drop') {
            assert.equal(await journal.dropDeadLetters(name, seqs), chosen.size)
            state.discarded += chosen.size
            setFates(state, chosen, 'discarded')
          } else {
            const waiting = new Set([...chosen].filter((seq) => state.fates.get(seq) === 'dead'))
            assert.equal(await journal.retryDeadLetters(name, seqs), waiting.size)
            setFates(state, waiting, 'retry')
          }
        },
        knows(name),
      ),
    )

  return [read, read, read, commit, commit, commit, rewind, letters, letters]
}

function readerOf(model: Model, real: Real, name: string): Promise<JournalReader> {
  const { maxLagMs } = model.sinks.get(name)!
  return real.harness.journal.reader(name, 'end', maxLagMs === undefined ? {} : { maxLagMs })
}

function setFates(sink: SinkModel, seqs: Iterable<Seq>, fate: Fate): void {
  for (const seq of seqs) sink.fates.set(seq, fate)
}

function assertPage(
  model: Model,
  name: string,
  page: Page | undefined,
  limit: Limit,
  after?: Seq,
): void {
  const expected = expectedPage(model, name, limit, after)
  if (expected === undefined || page === undefined) {
    assert.equal(page, expected)
    return
  }
  assert.deepEqual(
    { ...page, entries: unsealed(page.entries) },
    {
      origin: expected.origin,
      generation: model.sinks.get(name)!.generation,
      entries: expected.seqs.map((seq) => ({ ...model.all.get(seq)!, seq })),
    },
  )
}

const settled = (answer: Promise<boolean>): Promise<boolean | 'refused'> =>
  answer.catch(() => 'refused' as const)

/** What a commit should answer, and do. */
function settle(sink: SinkModel, page: Page, refused: ReadonlySet<Seq>): boolean | 'refused' {
  if (page.generation !== sink.generation) return false
  if (page.origin === 'dead-letters') {
    const seqs = page.entries.map(({ seq }) => seq).filter((seq) => sink.fates.get(seq) === 'retry')
    decide(sink, seqs, refused)
    return true
  }
  const [first, last] = [page.entries[0]!.seq, page.entries.at(-1)!.seq]
  if (last <= sink.confirmed) return true
  const pending = placesWith(sink, 'pending')
  if (pending.some((seq) => seq < first)) return 'refused'
  decide(
    sink,
    pending.filter((seq) => seq <= last),
    refused,
  )
  sink.confirmed = last
  return true
}

function decide(sink: SinkModel, seqs: readonly Seq[], refused: ReadonlySet<Seq>): void {
  for (const seq of seqs) {
    sink.fates.set(seq, refused.has(seq) ? 'dead' : 'delivered')
    if (!refused.has(seq)) sink.delivered += 1
  }
}
