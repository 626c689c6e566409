import type { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../model/entry-codec.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { Nanoseconds } from '../model/time.ts'
import { writing } from './database.ts'
import { createLedger } from './ledger.ts'
import { addOwn } from './own-entries.ts'

/** Details of the marker `journal-begun`, beside the epoch: why it was begun anew, and after which. */
export interface Before {
  readonly [name: string]: string | number
}

/**
 * Writes the first entry of a journal, unless it has one: it names the epoch, and links it to the one
 * before where there was one. Like an anchor, it is a place to count from.
 */
export function beginJournal(db: DatabaseSync, now: Nanoseconds, before: Before = {}): void {
  const ledger = createLedger(db)
  writing(db, () => {
    const { nextSeq, epoch } = ledger.bounds()
    if (nextSeq > 1) return
    const marker = markerOf({ time: now, marker: 'journal-begun', data: { epoch, ...before } })
    const tail = ledger.tail()
    const [begun] = addOwn(tail, [{ id: marker.id, body: encodeEntry(marker) }])
    tail.finish()
    ledger.anchored(begun!.seq)
  })
}
