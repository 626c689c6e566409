import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Core } from '../../../src/journal/caller.ts'
import { SLOT_PREFIX_BYTES } from '../../../src/journal/chain.ts'
import type { Written } from '../../../src/journal/ledger.ts'
import { pack, slotsOf, type Packed } from '../../../src/journal/packed.ts'
import type { Plant } from './harness.ts'
import { reseal } from './reseal.ts'

function unpacked(packed: Packed): Written[] {
  return Array.from(slotsOf(packed), ({ id, slot }) => ({
    id: Buffer.from(id).toString('hex'),
    body: slot.toString('utf8', SLOT_PREFIX_BYTES),
  }))
}

type Mutable = { -readonly [M in keyof Core]: Core[M] }

/** Replaces one method of the core. */
export const replacing =
  <M extends keyof Core>(method: M, by: (original: Core[M], db: DatabaseSync) => Core[M]): Plant =>
  (core, db) => {
    const mutable: Mutable = core
    mutable[method] = by(core[method], db)
  }

const executing =
  (sql: string): Plant =>
  (_core, db) =>
    amend(db, sql)

/** A bug of the journal leaves rows with a sound checksum; without it, that alone would be found. */
function amend(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): void {
  if (values.length === 0) db.exec(sql)
  else db.prepare(sql).run(...values)
  reseal(db)
}

/** A trigger that undoes part of what a statement did. */
export const trigger = (sql: string): Plant =>
  executing(`CREATE TRIGGER IF NOT EXISTS planted ${sql}`)

const confirmAll = 'UPDATE cursors SET confirmed = (SELECT next_seq - 1 FROM meta)'

/** Bugs that the model test must find. */
export const plants: { readonly [bug: string]: Plant } = {
  'the cursor moves when a page is read': replacing('read', (read, db) => (sink, limit, after) => {
    const page = read(sink, limit, after)
    const last = page?.entries.at(-1)!.seq
    if (page?.origin === 'journal') {
      amend(db, 'UPDATE cursors SET confirmed = ? WHERE sink = ?', last!, sink)
    }
    return page
  }),
  'the count of what was dropped is lost': trigger(
    `AFTER UPDATE OF dropped ON cursors WHEN new.dropped > old.dropped
     BEGIN UPDATE cursors SET dropped = old.dropped WHERE sink = new.sink; END`,
  ),
  'no gap tells what was dropped': replacing('prune', (prune, db) => (now, rows) => {
    const pruned = prune(now, rows)
    const first = pruned.gaps[0]?.seq
    if (first === undefined) return pruned
    db.prepare('DELETE FROM entries WHERE seq >= ?').run(first)
    db.prepare('DELETE FROM addressed WHERE seq >= ?').run(first)
    amend(
      db,
      `UPDATE meta SET next_seq = ?1, head_hash =
         coalesce((SELECT hash FROM entries WHERE seq = ?1 - 1), base_hash)`,
      first,
    )
    return { ...pruned, gaps: [] }
  }),
  'a gap of one sink goes to all': trigger(
    'AFTER INSERT ON addressed BEGIN DELETE FROM addressed WHERE seq = new.seq; END',
  ),
  'places are given again after everything was pruned': executing(
    'UPDATE meta SET next_seq = (SELECT coalesce(max(seq), 0) + 1 FROM entries)',
  ),
  'a repeated id is appended again': replacing('append', (append) => (groups, now) => {
    const results = append(groups, now)
    const repeated = groups
      .flatMap(({ entries }) => unpacked(entries))
      .filter((_, at) => results.flatMap(({ places }) => places)[at] === undefined)
    if (repeated.length === 0) return results
    const others = repeated.map((entry) => ({ ...entry, id: `ff${entry.id.slice(2)}` }))
    append([{ entries: pack(others) }], now)
    return results
  }),
  'what a sink refused is lost': replacing(
    'commit',
    (commit) => (sink, page, _refused, at) => commit(sink, page, [], at),
  ),
  'a rewind is undone by a page read before': replacing(
    'commit',
    (commit, db) => (sink, page, refused, at) => {
      const now = db.prepare('SELECT generation FROM cursors WHERE sink = ?').get(sink)
      return commit(sink, { ...page, generation: Number(now!['generation']) }, refused, at)
    },
  ),
  'a page may be settled before the one in front of it': replacing(
    'commit',
    (commit, db) => (sink, page, refused, at) => {
      if (page.origin === 'journal') {
        amend(
          db,
          'UPDATE cursors SET confirmed = max(confirmed, ?) WHERE sink = ?',
          page.seqs[0]! - 1,
          sink,
        )
      }
      return commit(sink, page, refused, at)
    },
  ),
  'a page is settled up to the place after it': replacing(
    'commit',
    (commit, db) => (sink, page, refused, at) => {
      const done = commit(sink, page, refused, at)
      if (page.origin === 'journal') {
        amend(
          db,
          `UPDATE cursors SET confirmed = min(confirmed + 1, (SELECT next_seq - 1 FROM meta))
           WHERE sink = ?`,
          sink,
        )
      }
      return done
    },
  ),
  'dead letters are forgotten when retried, whatever the answer': replacing(
    'commit',
    (commit) => (sink, page, refused, at) =>
      commit(sink, page, page.origin === 'dead-letters' ? [] : refused, at),
  ),
  'delivered dead letters are not counted': trigger(
    `AFTER DELETE ON dead_letters WHEN old.state = 'retry'
     BEGIN UPDATE cursors SET delivered = delivered - 1 WHERE sink = old.sink; END`,
  ),
  'dropped dead letters are not counted': trigger(
    `AFTER UPDATE OF discarded ON cursors WHEN new.discarded > old.discarded
     BEGIN UPDATE cursors SET discarded = old.discarded WHERE sink = new.sink; END`,
  ),
  'a rewind keeps the dead letters it gives out again': replacing(
    'rewind',
    (rewind, db) => (sink, to) => {
      const kept = db.prepare('SELECT * FROM dead_letters WHERE sink = ?').all(sink)
      rewind(sink, to)
      const put = db.prepare(
        'INSERT OR IGNORE INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      for (const letter of kept) put.run(...Object.values(letter))
    },
  ),
  'retention by age takes what a sink waits for': replacing('prune', (prune, db) => (now, rows) => {
    amend(db, confirmAll)
    return prune(now, rows)
  }),
  'a sink holds back pruning whatever its limit': trigger(
    `AFTER UPDATE OF max_lag_ms ON cursors WHEN new.max_lag_ms IS NOT NULL
     BEGIN UPDATE cursors SET max_lag_ms = NULL WHERE sink = new.sink; END`,
  ),
  'what goes since a sink is too late is not told': replacing(
    'prune',
    (prune, db) => (now, rows) => {
      amend(
        db,
        `UPDATE cursors SET confirmed = coalesce((SELECT min(seq) FROM entries), 1)
       WHERE max_lag_ms IS NOT NULL AND confirmed < (SELECT min(seq) FROM entries)`,
      )
      return prune(now, rows)
    },
  ),
  'a forgotten sink leaves its dead letters': replacing('forget', (forget, db) => (sink, now) => {
    const letters = db.prepare('SELECT * FROM dead_letters WHERE sink = ?').all(sink)
    const left = forget(sink, now)
    const put = db.prepare('INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    for (const letter of letters) put.run(...Object.values(letter))
    return left
  }),
  'nothing is ever pruned': replacing('look', (look) => (now) => ({
    ...look(now),
    pruneDue: false,
  })),
  'the size is no limit': replacing(
    'append',
    (append) => (groups, now) =>
      append(groups, now).map((result) => ({ ...result, pruneDue: false })),
  ),
  'a sink begins at the start whatever it asked for': replacing(
    'register',
    (register) => (sink, _from, limits) => register(sink, 'start', limits),
  ),
  'the chain is broken by a pruning': replacing('prune', (prune, db) => (now, rows) => {
    const before = db.prepare('SELECT base_hash AS hash FROM meta').get()!['hash']
    const pruned = prune(now, rows)
    amend(db, 'UPDATE meta SET base_hash = ?', before!)
    return pruned
  }),
  'a listing forgets its last page': replacing('entries', (entries) => (range, after) => {
    const page = entries(range, after)
    return { ...page, entries: page.entries.slice(0, 20) }
  }),
}
