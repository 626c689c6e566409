import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { plainRecord } from '../entries.ts'
import { check, told, type Answer, type Model, type Real } from './model.ts'

type Command = fc.AsyncCommand<Model, Real>

const command = (name: string, run: (model: Model, real: Real) => unknown): Command => ({
  check: () => true,
  toString: () => name,
  async run(model, real) {
    await run(model, real)
    await real.clock.settle()
    check(model, real)
  },
})

const answer: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      how: fc.constantFrom('deliver', 'deliver', 'deliver', 'retry', 'throw', 'refuse'),
    }),
  },
  fc.record({
    how: fc.constant('part' as const),
    items: fc.array(fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const), {
      minLength: 1,
      maxLength: 7,
    }),
  }),
)

/** What happens to a shipper with several batches in flight. */
export const commands: fc.Arbitrary<Command>[] = [
  fc.integer({ min: 1, max: 60 }).map((count) =>
    command(`append(${count})`, (_, { journal }) => {
      const from = journal.entries.length + 1
      journal.append(Array.from({ length: count }, (_, at) => plainRecord(from + at)))
    }),
  ),
  ...[0, 1].map(() =>
    fc.tuple(fc.nat({ max: 3 }), answer).map(([which, how]) =>
      command(`answer(${which}, ${JSON.stringify(how)})`, (model, { sink }) => {
        const call = sink.waiting[which % Math.max(1, sink.waiting.length)]
        call?.answer(told(model, call.seqs, how))
      }),
    ),
  ),
  fc
    .integer({ min: 1, max: 3000 })
    .map((ms) => command(`pass(${ms})`, (_, { clock }) => clock.advance(ms))),
  fc.nat({ max: 80 }).map((to) =>
    command(`rewind(${to})`, (model, { cursor }) => {
      model.rewinds++
      for (let seq = to + 1; seq <= cursor.confirmed; seq++) {
        model.askedAgain.set(seq, model.now + 1)
      }
      cursor.rewind(to)
    }),
  ),
  fc.constant(
    command('retryDeadLetters()', (model, { cursor }) => {
      for (const seq of cursor.deadLetters.keys()) {
        if (!cursor.retried.has(seq)) model.askedAgain.set(seq, model.now + 1)
      }
      cursor.retryDeadLetters()
    }),
  ),
  fc.constant(command('restart()', (_, { run }) => run.restart())),
  fc.constant(
    command('drain()', async (_, { run, cursor, journal, clock }) => {
      const until = journal.entries.length
      const done = new AbortController()
      const drained = run.shipper.drain(done.signal).then(
        () => cursor.confirmed,
        () => until, // called off
      )
      await clock.settle()
      done.abort(new Error('enough'))
      assert.ok((await drained) >= until, 'drained too soon')
    }),
  ),
]
