import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createShipper } from '../../src/sinks/shipper.ts'
import { plainRecord } from '../support/entries.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import {
  behaviour,
  createScriptedSink,
  type Behaviour,
  type Call,
} from '../support/scripted-sink.ts'
import { runShipper, type MakeShipper } from '../support/shipper-run.ts'
import { createTinyJournal } from '../support/tiny-journal.ts'

interface Scenario {
  readonly appends: readonly { readonly count: number; readonly passMs: number }[]
  readonly neighbours: readonly (readonly Behaviour[])[]
}

/** What the good sink was asked, and when, beside these neighbours. */
async function callsOfTheGoodOne(
  newMaker: () => MakeShipper,
  { appends, neighbours }: Scenario,
): Promise<readonly Call[]> {
  const make = newMaker()
  const clock = createManualClock()
  const journal = createTinyJournal()
  const good = createScriptedSink('good', [], clock)
  // The neighbours come first: who would wait for them must wait.
  const runs = neighbours.map((script, at) => {
    const refusesAll = () => at % 2 === 1
    const sink = createScriptedSink(`bad-${at}`, script, clock, refusesAll)
    return runShipper(make, {
      sink,
      journal,
      clock,
      settings: { timeout: 60_000, inFlight: 1 + at },
    })
  })
  runs.push(runShipper(make, { sink: good, journal, clock }))
  for (const { count, passMs } of appends) {
    const from = journal.entries.length
    journal.append(Array.from({ length: count }, (_, at) => plainRecord(from + at)))
    await clock.advance(passMs)
  }
  await clock.advance(1000)
  await Promise.all(runs.map((run) => run.stop()))
  return good.calls
}

/** P8: beside sinks that hang, refuse and throw, a good one gets the same at the same moments. */
const goodOneNoticesNothing = (newMaker: () => MakeShipper) =>
  fc.asyncProperty(
    fc.record({
      appends: fc.array(fc.record({ count: fc.nat({ max: 9 }), passMs: fc.nat({ max: 500 }) }), {
        minLength: 1,
        maxLength: 12,
      }),
      neighbours: fc.array(fc.array(behaviour, { maxLength: 12 }), { minLength: 1, maxLength: 3 }),
    }),
    async (scenario) => {
      const alone = await callsOfTheGoodOne(newMaker, { ...scenario, neighbours: [] })
      const beside = await callsOfTheGoodOne(newMaker, scenario)
      assert.deepEqual(beside, alone)
    },
  )

/** A bug: all sinks share one turn, and who is late makes the others wait. */
function sharedTurn(): MakeShipper {
  let last: Promise<unknown> = Promise.resolve()
  return (parts) =>
    createShipper({
      ...parts,
      sink: {
        ...parts.sink,
        deliver(batch, signal) {
          const before = last
          const turn = (async () => {
            await before
            return parts.sink.deliver(batch, signal)
          })()
          last = turn.catch(() => undefined)
          return turn
        },
      },
    })
}

/** A bug: all sinks share one cursor. */
function sharedCursor(): MakeShipper {
  let first: Parameters<MakeShipper>[0]['reader'] | undefined
  return (parts) => {
    first ??= parts.reader
    return createShipper({ ...parts, reader: first })
  }
}

describe('P8 isolated', () => {
  test('a good sink gets the same beside bad ones as alone', async () => {
    await fc.assert(
      goodOneNoticesNothing(() => createShipper),
      runs(200),
    )
  })

  test('finds the planted bug: sinks take turns', async () => {
    await assertCaught(goodOneNoticesNothing(sharedTurn))
  })

  test('finds the planted bug: sinks share a cursor', async () => {
    await assertCaught(goodOneNoticesNothing(sharedCursor))
  })
})
