import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { contentId } from '../model/entry-id.ts'
import type { Nanoseconds } from '../model/time.ts'
import { trying } from './database.ts'
import { createLedger } from './ledger.ts'
import { addOwn } from './own-entries.ts'
import { createReadCore } from './read.ts'

/** Of the entry that is tried: it takes this share of pages, from the list of free ones first. */
const BODY_BYTES = 64 * 1024

/** Small tables that are read whole: a sink that is new asks for its part of them. */
const WHOLE = [
  'SELECT count(*) FROM addressed',
  'SELECT count(*) FROM dead_letters',
  `SELECT count(*) FROM dead_letters INDEXED BY dead_letters_to_retry WHERE state = 'retry'`,
]

/**
 * Asks all that an agent asks when it starts, and tries what it does from then on. It reads as much as
 * there are sinks, dead letters, engines and their containers, and of the entries only the ends: of a
 * page between them that is damaged the others are still given out (see `salvage.ts`).
 *
 * @throws damage where an agent could not go on with this journal
 */
export function assertUsable(db: DatabaseSync, now: Nanoseconds): void {
  const core = createReadCore(db)
  core.stats()
  for (const { sink } of core.cursors()) core.read(sink, { entries: 1, bytes: 1 })
  for (const question of WHOLE) db.prepare(question).get()
  for (const engineId of enginesOf(db)) {
    core.resumePoint(engineId)
    core.containers(engineId)
    core.hole(engineId)
  }
  tryAppend(db, now)
}

function enginesOf(db: DatabaseSync): string[] {
  const select = db.prepare(
    `SELECT engine_id FROM resume_points UNION SELECT engine_id FROM containers
     UNION SELECT engine_id FROM holes`,
  )
  return select.all().map((row) => row['engine_id'] as string)
}

/** Nothing is left of it. */
function tryAppend(db: DatabaseSync, now: Nanoseconds): void {
  const ledger = createLedger(db)
  const id = contentId(now, [randomUUID()])
  const body = ' '.repeat(BODY_BYTES)
  trying(db, () => {
    const tail = ledger.tail()
    addOwn(tail, [{ id, body, sink: id }])
    tail.finish()
  })
}
