import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createProjection } from '../../src/lives/projection.ts'
import { createTables } from '../../src/lives/schema.ts'
import type { Entry, Sequenced } from '../../src/model/entry.ts'
import { DatabaseSync } from 'node:sqlite'
import { listening } from '../support/lives/found.ts'
import { tell } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const WINDOW = 300_000_000_000n
const CRASHES = 'start +500 die(1) '

/** What happened in truth: crashes, and times of quiet, in ms; and what was not heard of it. */
const worlds = fc.record({
  bursts: fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(700_000)), {
    minLength: 1,
    maxLength: 6,
  }),
  /** Places that were not heard, from and to, as shares of all entries. */
  holes: fc.array(fc.tuple(fc.nat(100), fc.nat(30)), { maxLength: 3 }),
  silence: fc.nat(800),
})

type Hear = (lost: readonly Sequenced[], before: Entry | undefined, next: Entry) => Entry[]

/** A hole is told by a gap, from what was heard last to what is heard next. */
const honest: Hear = (lost, before, next) =>
  lost.length === 0 ? [] : gapAround(before?.time ?? lost[0]!.time, next.time - 1n)

function gapAround(from: bigint, to: bigint): Entry[] {
  const [gap] = tell('gap(1)')
  return [{ ...gap!, id: `gap-${from}`, time: to, from, to } as Entry]
}

/** Resolved means: in truth there was no such end in the window before it. */
const neverInvented = (hear: Hear) =>
  fc.property(worlds, ({ bursts, holes, silence }) => {
    const story = bursts.map(([count, quiet]) => `${CRASHES.repeat(count)} +${quiet}`).join(' ')
    const all = tell(`create ${story} start`)
    const isLost = (at: number): boolean =>
      holes.some(([from, length]) => {
        const share = (at * 100) / all.length
        return share >= from && share < from + length && at < all.length - 1
      })
    const db = new DatabaseSync(':memory:')
    createTables(db)
    const agent = listening(createProjection(db))
    let lost: Sequenced[] = []
    let before: Entry | undefined
    for (const [at, entry] of all.entries()) {
      if (isLost(at)) {
        lost.push(entry)
        continue
      }
      agent.append([...hear(lost, before, entry), entry])
      agent.look()
      lost = []
      before = entry
    }
    agent.look(20)
    agent.look(silence)
    db.close()
    const deaths = all.filter((entry) => entry.kind === 'record' && entry.event.action === 'die')
    const told = agent.journal.filter((entry) => entry.kind === 'finding')
    for (const entry of told) {
      if (entry.finding !== 'restart-loop') continue
      const recent = deaths.filter(({ time }) => time <= entry.time && entry.time - time < WINDOW)
      if (entry.state === 'resolved') assert.equal(recent.length, 0, entry.said)
      else assert.ok(recent.length >= 5, entry.said)
    }
    // One is opened, then it is resolved, then perhaps another one is opened.
    const states = told
      .filter(({ finding }) => finding === 'restart-loop')
      .map(({ state }) => state)
    for (const [at, state] of states.entries()) {
      assert.equal(state, at % 2 === 0 ? 'opened' : 'resolved')
    }
  })

test('whatever is lost, as long as that is told, no loop is opened or resolved that was not', () => {
  fc.assert(neverInvented(honest), runs(300))
})

test('it finds the planted bug: nobody tells of what was lost', () =>
  assertCaught(neverInvented(() => [])))
