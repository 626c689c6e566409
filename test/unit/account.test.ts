import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { openJournal } from '../../src/journal/open.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import { gapOf, markerOf } from '../../src/model/entry-factory.ts'
import type { Entry, Gap } from '../../src/model/entry.ts'
import { account, assertBalanced, readJournal, type Account } from '../support/account.ts'
import { engine, plainRecord } from '../support/entries.ts'
import { eventLine } from '../support/event-line.ts'
import { temporaryFolder } from '../support/journal/harness.ts'

const EVENTS = 10
const told = Array.from({ length: EVENTS }, (_, number) => plainRecord(number))
const ids = told.map(({ id }) => id)
const heard = { id: engine.id, heard: told.map(({ event }) => event.line), remembers: 4 }

/** What a journal holds, as `readJournal` says it. */
function holding(...entries: readonly Entry[]): Parameters<typeof account>[0]['journal'] {
  const placed = entries.map((entry, index) => ({ ...entry, seq: index + 1 }))
  const cursors = [{ sink: 'search', confirmed: placed.length }]
  return { entries: placed, deadLetters: [], cursors, pruned: 0, disagreements: [] }
}

/** A gap from one event to another, both ends included. */
function gap(from: number, to: number, more: Partial<Gap> = {}): Gap {
  const [start, end] = [told[from]!.time, told[to]!.time]
  const kind = { cause: 'agent-down', certainty: 'possible' } as const
  return gapOf({ engine, from: start, to: end, ...kind, ...more })
}

const connectedAt = (number: number): Entry =>
  markerOf({ engine, time: told[number]!.time, marker: 'engine-connected', data: {} })

const countsOf = (made: Account, place: string): { [fate: string]: number } =>
  Object.fromEntries([...made.places.get(place)!.fates].filter(([, count]) => count > 0))
const faultsOf = (made: Account): string[] => made.faults.map(({ what }) => what)

suite('the account', () => {
  test('all journaled, all delivered', () => {
    const sinks = { search: { got: ids, once: true, inOrder: true } }
    const made = account({ engines: [heard], journal: holding(...told), sinks })
    assert.deepEqual(countsOf(made, 'journal'), { journaled: EVENTS })
    assert.deepEqual(countsOf(made, 'search'), { delivered: EVENTS })
    assert.deepEqual(made.faults, [])
    assert.equal(made.others, 0)
  })

  test('lost in a gap, dead-lettered, dropped and told, pruned, waiting', () => {
    const own = gap(8, 9, { sink: 'search', cause: 'sink-quota', certainty: 'certain', count: 1 })
    const journal = {
      ...holding(...told.slice(0, 3), gap(2, 6), ...told.slice(6, 9), own, connectedAt(9)),
      pruned: 2,
      deadLetters: [{ sink: 'search', id: ids[1]! }],
      cursors: [{ sink: 'search', confirmed: 8 }],
    }
    const got = journal.entries.map(({ id }) => id).filter((id) => id !== ids[1])
    const sinks = { search: { got: got.slice(0, -1), mayWait: true } }
    const made = account({ engines: [heard], journal, sinks })
    assert.deepEqual(made.faults, [])
    assert.deepEqual(countsOf(made, 'journal'), { journaled: 9, 'in a gap': 3, pruned: 1 })
    assert.deepEqual(countsOf(made, 'search'), {
      delivered: 7,
      'dead-lettered': 1,
      waiting: 1,
      'in a gap': 3,
      'dropped and told': 1,
    })
    assert.equal(made.others, 3)
    assert.deepEqual(
      made.gaps.map(({ lost, kept }) => [lost, kept]),
      [[3, 0]],
    )
  })

  test('a repeat is no fault where it is at least once, nor is what others told', () => {
    const more = plainRecord(99).event.line
    const engines = [{ ...heard, heard: [...heard.heard, more], mine: only(EVENTS) }]
    const sinks = { stash: { got: [...ids, ids[0]!] } }
    const made = account({ engines, journal: holding(...told), sinks })
    assert.deepEqual(made.faults, [])
    assert.equal(made.places.get('stash')!.repeated, 1)
  })

  test('what was concluded is an entry and no event', () => {
    const { time } = told[4]!
    const concluded = {
      ...told[4]!,
      id: ids[4]!.replace(/.{4}$/, '0000'),
      origin: 'inferred',
      inferred: { earliest: time, latest: time },
    } as const
    const others = told.toSpliced(4, 1)
    const journal = holding(...others, gap(3, 5), concluded)
    const made = account({ engines: [heard], journal })
    assert.deepEqual(made.faults, [])
    assert.deepEqual(countsOf(made, 'journal'), { journaled: EVENTS + 1, 'in a gap': 1 })
    assert.deepEqual([made.others, made.inferred], [2, 1])
    const unsaid = holding(...others, { ...concluded, id: ids[4]! })
    assert.deepEqual(faultsOf(account({ engines: [heard], journal: unsaid })), ['unexplained'])
  })

  test('it is printed', () => {
    const lines: string[] = []
    const made = account({ engines: [heard], journal: holding(...told.slice(1), gap(0, 1)) })
    assertBalanced({ diagnostic: (line) => lines.push(line) }, made)
    assert.deepEqual(lines, [
      'account of 10 events and 1 other entries, 0 of them inferred',
      '             journal',
      'journaled         10',
      'in a gap           1',
      'unexplained        0',
      'sum               11',
      '(repeated)         0',
      'gaps: 1',
      '  agent-down, possible, 2026-11-22T00:00:00.000000000Z + 1.000 s: 1 lost, 0 not',
      'faults: 0',
    ])
  })
})

const only =
  (count: number) =>
  ({ id }: { readonly id: string }): boolean =>
    ids.slice(0, count).includes(id)

suite('planted faults are found', () => {
  const others = told.filter((_, number) => number !== 4)
  const search = (got: readonly string[]) => ({ search: { got, once: true, inOrder: true } })

  test('a lost event', () => {
    const made = account({ engines: [heard], journal: holding(...others) })
    assert.deepEqual(faultsOf(made), ['unexplained'])
    assert.ok(made.faults[0]!.detail.includes(heard.heard[4]!))
    assert.throws(() => assertBalanced({ diagnostic: () => undefined }, made), /does not balance/)
  })

  test('an event lost outside of every gap', () => {
    const near = [gap(0, 3), gap(5, 9), gap(0, 9, { engine: { ...engine, id: 'another' } })]
    const own = gap(0, 9, { sink: 'search' })
    const made = account({ engines: [heard], journal: holding(...others, ...near, own) })
    assert.ok(faultsOf(made).includes('unexplained'))
  })

  test('a conclusion that is not so', () => {
    const { time } = told[4]!
    const others = told.toSpliced(4, 1)
    const faults = (earliest: bigint, latest: bigint) => {
      const concluded = {
        ...told[4]!,
        id: ids[4]!.replace(/.{4}$/, '0000'),
        origin: 'inferred',
        inferred: { earliest, latest },
      } as const
      const created = plainRecord(4, {}, 'create')
      const begin = { ...created.event, time: told[0]!.time }
      const engines = [
        {
          ...heard,
          heard: [...heard.heard, eventLine(begin)],
          mine: only(EVENTS),
          inspectsTruly: true,
        },
      ]
      return faultsOf(account({ engines, journal: holding(...others, gap(3, 5), concluded) }))
    }
    assert.deepEqual(faults(time - 1n, time), [])
    assert.deepEqual(faults(time - 2n, time - 1n), ['not so'])
  })

  test('an event that is journaled twice, also under another id', () => {
    const again = { ...told[4]!, id: ids[4]!.replace(/.{4}$/, '0000') }
    for (const double of [told[4]!, again]) {
      const made = account({ engines: [heard], journal: holding(...told, double) })
      assert.ok(faultsOf(made).includes('journaled twice'))
    }
  })

  test('a record of what was never told', () => {
    const early = holding(plainRecord(-1), ...told)
    assert.deepEqual(faultsOf(account({ engines: [heard], journal: early })), [])
    const engines = [{ ...heard, heard: heard.heard.toSpliced(4, 1) }]
    const made = account({ engines, journal: holding(...told) })
    assert.deepEqual(faultsOf(made), ['never told by the engine'])
  })

  test('a gap where the history covered', () => {
    const withGap = (from: number, to: number, back: number) =>
      holding(...told.slice(0, from + 1), connectedAt(back), gap(from, to), ...told.slice(from + 1))
    const faults = (...places: Parameters<typeof withGap>) =>
      faultsOf(account({ engines: [heard], journal: withGap(...places) }))
    // The engine remembers 4: from event 5 on where event 8 was the last. A second is allowed for.
    assert.deepEqual(faults(5, 6, 7), ['needless gap'])
    assert.deepEqual(faults(5, 6, 8), [])
    const forgotAt = [told[6]!.time]
    const engines = [{ ...heard, forgotAt }]
    assert.deepEqual(faultsOf(account({ engines, journal: withGap(5, 6, 7) })), [])
  })

  test('a gap that says less than is missing', () => {
    const says = (count: number, ...more: Entry[]) =>
      faultsOf(
        account({
          engines: [heard],
          journal: holding(...told.slice(0, 6), gap(6, 9, { count }), ...more),
        }),
      )
    assert.deepEqual(says(3), ['understated gap'])
    assert.deepEqual(says(4), [])
    assert.deepEqual(says(3, gap(9, 9, { cause: 'reconnect' })), [], 'another gap tells of one')
  })

  test('an entry that a sink misses, has twice, out of order, or made up', () => {
    const faults = (got: readonly string[]) =>
      faultsOf(account({ engines: [heard], journal: holding(...told), sinks: search(got) }))
    assert.deepEqual(faults(ids), [])
    assert.deepEqual(faults(ids.toSpliced(4, 1)), ['unexplained'])
    assert.deepEqual(faults([...ids, ids[0]!]), ['delivered twice'])
    assert.deepEqual(faults(ids.toReversed()), ['out of order'])
    assert.deepEqual(faults([...ids, 'f'.repeat(32)]), ['unknown to the journal'])
  })

  test('what waits behind the cursor of a drained sink, and what another sink was told', () => {
    const journal = { ...holding(...told), cursors: [{ sink: 'search', confirmed: 9 }] }
    const made = account({ engines: [heard], journal, sinks: search(ids.slice(0, 9)) })
    assert.deepEqual(faultsOf(made), ['unexplained'])
    const quota = gap(9, 9, { sink: 'stash', cause: 'sink-quota' })
    const pruned = { ...holding(...told.slice(0, 9), quota), pruned: 1 }
    const other = account({ engines: [heard], journal: pruned, sinks: search(ids.slice(0, 9)) })
    assert.deepEqual(faultsOf(other), ['unexplained'])
  })
})

suite('a journal is read twice', () => {
  async function journalWith(change: (db: DatabaseSync) => void) {
    const folder = temporaryFolder()
    try {
      const onFatal = (error: Error): never => {
        throw error
      }
      {
        await using journal = await openJournal({ dir: folder.path, onFatal })
        await journal.append(told)
        const reader = await journal.reader('search', 'start')
        const page = await reader.read({ entries: 3, bytes: 100_000 }) // the first is its beginning
        await reader.commit(page!, [{ seq: 3, reason: 'refused' }])
      }
      const db = new DatabaseSync(join(folder.path, 'journal.db'))
      change(db)
      db.close()
      return await readJournal(folder.path)
    } finally {
      folder.remove()
    }
  }

  test('and both agree', async () => {
    const journal = await journalWith(() => undefined)
    assert.deepEqual(journal.disagreements, [])
    assert.deepEqual(journal.deadLetters, [{ sink: 'search', id: ids[1] }])
    const beginning = journal.entries.find(({ seq }) => seq === 1)!.id
    const sinks = { search: { got: [beginning, ids[0]!], mayWait: true } }
    const made = account({ engines: [heard], journal, sinks })
    assert.deepEqual(made.faults, [])
    assert.deepEqual(countsOf(made, 'search'), { delivered: 2, 'dead-lettered': 1, waiting: 8 })
  })

  test('a row that went missing, and one that was slipped in a second time', async () => {
    const missing = await journalWith((db) => db.exec('DELETE FROM entries WHERE seq = 5'))
    assert.match(missing.disagreements.join(), /place 6 follows a hole/)
    const double = await journalWith((db) => {
      const id = Buffer.from(ids[4]!.replace(/.{4}$/, '0000'), 'hex')
      db.prepare('INSERT INTO entries (seq, id, body, hash) VALUES (12, ?, ?, ?)').run(
        id,
        encodeEntry(told[4]!),
        Buffer.alloc(32),
      )
    })
    assert.match(double.disagreements.join(), /places 0 to 11, 12 rows/)
  })
})
