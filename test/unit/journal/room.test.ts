import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  createSizes,
  openForReading,
  openForWriting,
  writing,
} from '../../../src/journal/database.ts'
import type { Reserve } from '../../../src/journal/reserve.ts'
import { createRoom, type Room } from '../../../src/journal/room.ts'
import { isDiskTrouble, sqliteCodes } from '../../../src/journal/unusable.ts'

const KIB = 1024
/** It was given up to the last byte, and the disk has nothing to build it anew. */
const usedUp: Reserve = { bytes: 400 * KIB, giveUp: () => false, build: () => false }

interface FullDisk {
  readonly file: string
  readonly db: DatabaseSync
  readonly room: Room
  readonly insert: (rows: number) => void
  readonly prune: (rows: number) => void
}

/** A database whose disk was found full, with 200 rows of 4 KiB in it. */
function fullDisk(t: TestContext): FullDisk {
  const dir = mkdtempSync(join(tmpdir(), 'auditor-room-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'journal.db')
  const db = openForWriting(file)
  t.after(() => db.close())
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)')
  const row = db.prepare('INSERT INTO rows (body) VALUES (?)')
  const insert = (rows: number): void =>
    writing(db, () => {
      for (let n = 0; n < rows; n++) row.run('x'.repeat(4 * KIB))
    })
  const prune = (rows: number): void =>
    writing(db, () => db.exec(`DELETE FROM rows WHERE id IN (SELECT id FROM rows LIMIT ${rows})`))
  insert(200)
  const room = createRoom(db, usedUp)
  const full = Object.assign(new Error('the disk is full'), { errcode: sqliteCodes.full })
  assert.throws(() =>
    room.forEntries(() => {
      throw full
    }),
  )
  return { file, db, room, insert, prune }
}

const areRefused = (room: Room): void =>
  assert.throws(() => room.forEntries(() => assert.fail('it was let in')), isDiskTrouble)

test('on a full disk entries get free pages only: the database does not grow in its log', (t) => {
  const { db, room, insert, prune } = fullDisk(t)
  const sizes = createSizes(db)
  const pages = sizes.pages()
  areRefused(room)
  room.look()
  areRefused(room)

  room.forChange(() => prune(150))
  room.look()
  room.forEntries(() => insert(20))
  assert.throws(() => room.forEntries(() => insert(500)), isDiskTrouble)
  assert.equal(sizes.pages(), pages)
  areRefused(room)
})

test('on a full disk entries wait until the log is folded whole', (t) => {
  const { file, room, insert, prune } = fullDisk(t)
  const reader = openForReading(file)
  t.after(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM rows').get()
  room.forChange(() => prune(150)) // stands in the log behind what the reader sees
  room.look()
  areRefused(room)

  reader.exec('ROLLBACK')
  room.look()
  room.forEntries(() => insert(1))
})
