import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { selectExecs, type ExecRow } from '../../src/lives/exec-row.ts'
import type { Sequenced } from '../../src/model/entry.ts'
import { memoryProjection } from '../support/lives/ends.ts'
import { HEALTH_CHECK, tell } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const facts = { healthCheck: { test: ['CMD', ...HEALTH_CHECK.split(' ')], shell: [] } }

/** Execs of a container, each with all its events in their order; several go on at once. */
const all = fc
  .array(fc.tuple(fc.constantFrom('h', 'p'), fc.nat(3)), { minLength: 1, maxLength: 6 })
  .chain((execs) => {
    const words = execs.flatMap(([kind, code], at) => {
      const id = `${kind}${at}`
      return [`exec_create(${id})`, `exec_start(${id})`, `exec_die(${id}:${code})`]
    })
    // Which exec comes next: the order of each one's own events stays.
    return fc
      .shuffledSubarray(
        words.map((_, at) => Math.floor(at / 3)),
        { minLength: words.length },
      )
      .map((turns) => {
        const next = execs.map(() => 0)
        return turns.map((exec) => words[exec * 3 + next[exec]!++]!)
      })
  })

function told(entries: readonly Sequenced[]): ReadonlyMap<string, ExecRow> {
  const { db, lives } = memoryProjection()
  lives.take(
    entries.map((entry, at) => ({ ...entry, seq: at + 1 })),
    'epoch',
  )
  const rows = [...selectExecs(db, {})]
  db.close()
  const byId = new Map(rows.map((row) => [row.execId ?? '', row]))
  assert.equal(byId.size, rows.length, 'an exec is one row')
  return byId
}

const KNOWN = ['command', 'createdAt', 'startedAt', 'endedAt', 'exitCode'] as const

const property = (spoil: (entries: Sequenced[]) => Sequenced[] = (entries) => entries) =>
  fc.property(all, fc.infiniteStream(fc.boolean()), (words, lost) => {
    const entries = tell(`create start ${words.join(' ')}`, { facts })
    const whole = told(entries)
    for (const row of whole.values()) {
      assert.equal(row.state, 'ended')
      assert.equal(row.who, row.execId!.startsWith('h') ? 'health-check' : 'person')
    }
    const left = entries.filter((_, at) => at < 2 || lost.next().value !== true)
    for (const [id, row] of told(spoil(left))) {
      const truth = whole.get(id)
      assert.ok(truth !== undefined, 'it was run')
      for (const name of KNOWN) if (row[name] !== undefined) assert.equal(row[name], truth[name])
      if (row.who !== 'unknown') assert.equal(row.who, truth.who)
    }
  })

test('whatever is lost, and however execs go on at once, nothing is told of one that is not so', () => {
  fc.assert(property(), runs(150))
})

/** All of them have one id, as where a label stands in its place and nobody notices. */
const forged = (entries: Sequenced[]): Sequenced[] =>
  entries.map((entry) =>
    entry.kind === 'record' && entry.event.attributes['execID'] !== undefined
      ? {
          ...entry,
          event: { ...entry.event, attributes: { ...entry.event.attributes, execID: 'p0' } },
        }
      : entry,
  )

test('it finds the planted bug: execs that are joined by an id that is not theirs', () =>
  assertCaught(property(forged)))
