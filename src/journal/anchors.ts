import type { DatabaseSync } from 'node:sqlite'
import { encodeEntry } from '../model/entry-codec.ts'
import { markerOf } from '../model/entry-factory.ts'
import { AuditorError } from '../model/errors.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import { writing } from './database.ts'
import type { Ledger, Tail, Written } from './ledger.ts'
import { addOwn, type OwnEntry } from './own-entries.ts'
import { timeOfKey } from './rows.ts'

/** How often an anchor is set, whichever comes first; never without an entry since the last one. */
export interface AnchorRule {
  /** After so many entries; a transaction that goes beyond gets one at its end. */
  readonly entries: number
  /** After so long, in ms. */
  readonly everyMs: number
}

export const defaultAnchors: AnchorRule = { entries: 10_000, everyMs: 15 * 60_000 }

/** @throws AuditorError `config-invalid` */
export function checkAnchors({ entries, everyMs }: AnchorRule): void {
  if (entries >= 1 && everyMs > 0) return
  const message = `anchors: needs a number of entries and a time above 0, got ${entries} and ${everyMs} ms`
  throw new AuditorError('config-invalid', message)
}

/**
 * Anchors: markers that name the epoch of the journal and the place and hash of the entry before them.
 * They go to the sinks like any entry, where nobody who can change the journal reaches them: a sink
 * that holds an anchor beyond the journal's end, or with another hash, proves that the end was cut off
 * or the chain computed anew (P10).
 */
export interface Anchors {
  /** One at the end of a transaction, where enough was added since the last. */
  afterAppend(tail: Tail, now: Nanoseconds): OwnEntry | undefined
  /** Whether it is time for one. */
  isDue(now: Nanoseconds): boolean
  /** One in a transaction of its own, unless nothing was appended since the last. */
  set(now: Nanoseconds): OwnEntry | undefined
}

export function createAnchors(db: DatabaseSync, ledger: Ledger, rule: AnchorRule): Anchors {
  const id = db.prepare('SELECT id FROM entries WHERE seq = ?')
  const every = nanosFromMillis(Math.min(rule.everyMs, Number.MAX_SAFE_INTEGER))

  function lastTime(): Nanoseconds {
    const row = id.get(ledger.bounds().anchorSeq) as { id: Uint8Array } | undefined
    return row === undefined ? 0n : timeOfKey(row.id)
  }

  function add(tail: Tail, now: Nanoseconds): OwnEntry {
    const { seq, hash } = tail.last
    const [anchor] = addOwn(tail, [writtenAnchor(ledger.bounds().epoch, { seq, hash }, now)])
    ledger.anchored(anchor!.seq)
    return anchor!
  }

  return {
    afterAppend(tail, now) {
      const since = tail.last.seq - ledger.bounds().anchorSeq
      return since < rule.entries ? undefined : add(tail, now)
    },
    isDue(now) {
      const { nextSeq, anchorSeq } = ledger.bounds()
      if (nextSeq - 1 <= anchorSeq) return false
      const age = now - lastTime()
      return age >= every || age < 0n // the clock was set back
    },
    set(now) {
      return writing(db, () => {
        const tail = ledger.tail()
        if (tail.last.seq <= ledger.bounds().anchorSeq) return undefined
        const anchor = add(tail, now)
        tail.finish()
        return anchor
      })
    },
  }
}

function writtenAnchor(epoch: string, last: Tail['last'], time: Nanoseconds): Written {
  const data = { epoch, seq: last.seq, hash: Buffer.from(last.hash).toString('hex') }
  const anchor = markerOf({ time, marker: 'anchor', data })
  return { id: anchor.id, body: encodeEntry(anchor) }
}
