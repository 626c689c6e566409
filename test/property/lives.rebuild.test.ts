import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { createProjection } from '../../src/lives/projection.ts'
import { createTables } from '../../src/lives/schema.ts'
import type { Entry, Sequenced } from '../../src/model/entry.ts'
import { FOR_EVER } from '../support/lives/ends.ts'
import { tell } from '../support/lives/tell.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

const WORDS = [
  'create', 'start', 'start', 'die(0)', 'die(1)', 'die(137)', 'kill(15)', 'kill(9)', 'stop', 'restart', 'oom',
  'pause', 'unpause', 'health(healthy)', 'health(unhealthy)', 'exec_start', 'exec_create(a)', 'exec_start(a)', 'exec_die(a)',
  'exec_start(b)', 'exec_die(b:1)', 'destroy', 'snapshot', 'gap(50)',
  'gap!(50)', 'lost', 'back', '+2000', '+20000', '+400000',
  'start +500 die(1) start +500 die(1) start +500 die(1) start +500 die(1) start +500 die(1)',
  'start health(healthy) health(unhealthy) health(healthy) health(unhealthy) health(healthy)',
] as const // prettier-ignore

/** Two of one lineage, run from one tag that is another image in the second. */
const ABOUT = [
  undefined,
  { name: 'web', image: { name: 'web:1', id: 'sha256:a' }, privileged: true },
  { name: 'web', image: { name: 'web:1', id: 'sha256:b' } },
] as const

const stories = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 12 }),
    fc.nat(30_000),
    fc.constantFrom(...ABOUT),
  ),
  { minLength: 1, maxLength: 4 },
)
/** Where the journal was looked at while it grew, and how long it had been quiet then. */
const looks = fc.array(fc.tuple(fc.nat(12), fc.constantFrom(0n, 5_000_000_000n, FOR_EVER)), {
  minLength: 1,
  maxLength: 20,
})

const DUMPED = [
  'made',
  'engines',
  'lineages',
  'lives',
  'runs',
  'run_hours',
  'streaks',
  'untold',
  'execs',
]

function dump(db: DatabaseSync): unknown {
  return DUMPED.map((table) => db.prepare(`SELECT * FROM ${table}`, { readBigInts: true }).all())
}

function fresh(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  createTables(db)
  return db
}

type Reopen = (db: DatabaseSync) => ReturnType<typeof createProjection>

const property = (reopen: Reopen = createProjection, forget = false) =>
  fc.property(stories, looks, (told, when) => {
    const waiting: Entry[] = told
      .flatMap(([words, at, facts], index) =>
        tell(words.join(' '), { id: `c${index}`, at, ...(facts === undefined ? {} : { facts }) }),
      )
      .sort((a, b) => (a.time < b.time ? -1 : 1))
    const journal: Sequenced[] = []
    const append = (entry: Entry): void => {
      const { seq: _, ...rest } = entry as Sequenced
      if (journal.some(({ id }) => id === entry.id)) return // the journal has it already
      journal.push({ ...rest, seq: journal.length + 1 })
    }
    const db = fresh()
    let lives = createProjection(db)
    let at = 0
    const look = (quiet: bigint): void => {
      lives.take(journal.slice(at), 'epoch')
      at = journal.length
      for (const due of lives.due(() => quiet)) append(due)
    }
    for (const [count, quiet] of when) {
      for (const entry of waiting.splice(0, count)) append(entry)
      look(quiet)
      if (quiet === 0n) lives = reopen(db) // a restart
    }
    for (const entry of waiting.splice(0)) append(entry)
    for (let left = -1; left !== journal.length;) {
      left = journal.length
      look(FOR_EVER)
    }
    const anew = fresh()
    createProjection(anew).take(
      forget ? journal.filter(({ kind }) => kind !== 'life' && kind !== 'finding') : journal,
      'epoch',
    )
    assert.deepEqual(dump(anew), dump(db))
    // What was found is told once, and by one that begins from the journal not again.
    const found = journal.filter(({ kind }) => kind === 'finding')
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length)
    assert.deepEqual(
      createProjection(anew)
        .due(() => 0n)
        .filter(({ kind }) => kind === 'finding'),
      [],
    )
    // Each run that ended is told once.
    const runsTold = journal
      .filter((entry) => entry.kind === 'life')
      .map(({ container, run }) => `${container.id} ${run}`)
    assert.equal(new Set(runsTold).size, runsTold.length)
    const { left } = db
      .prepare('SELECT count(*) AS left FROM runs WHERE ended IS NOT NULL AND settled = 0')
      .get() as { left: number }
    assert.equal(left, 0)
    db.close()
    anew.close()
  })

test('made anew from the journal, the lives are the same as those kept while it grew', () => {
  fc.assert(property(), runs(300))
})

test('it finds the planted bug: an anew that does not read what was told', () =>
  assertCaught(property(createProjection, true)))
