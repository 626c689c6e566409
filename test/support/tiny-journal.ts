import { Subject } from 'rxjs'
import type { JournalReader, Page } from '../../src/journal/journal.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import type { Entry, Seq, Sequenced } from '../../src/model/entry.ts'
import type { Refusal } from '../../src/model/delivery.ts'

/** A journal in an array, with what a test of shippers wants to see and to do. */
export interface TinyJournal {
  readonly entries: readonly Sequenced[]
  readonly wake$: Subject<void>
  /** Emits when a cursor or dead letters were changed by somebody else than a shipper. */
  readonly changed$: Subject<void>
  append(entries: readonly Entry[]): void
  cursor(sink: string): TinyCursor
}

export interface TinyCursor {
  readonly reader: JournalReader
  readonly confirmed: Seq
  readonly deadLetters: ReadonlyMap<Seq, Refusal>
  /** Dead letters that are to be delivered again. */
  readonly retried: ReadonlySet<Seq>
  /** The furthest place any read has given out. */
  readonly furthest: Seq
  rewind(to: Seq): void
  retryDeadLetters(): void
}

export function createTinyJournal(): TinyJournal {
  const entries: Sequenced[] = []
  const wake$ = new Subject<void>()
  const changed$ = new Subject<void>()
  changed$.subscribe(wake$)
  const cursors = new Map<string, TinyCursor>()

  return {
    entries,
    wake$,
    changed$,
    append(more) {
      for (const entry of more) entries.push({ ...entry, seq: entries.length + 1 })
      wake$.next()
    },
    cursor(sink) {
      const cursor = cursors.get(sink) ?? createCursor(entries, changed$)
      cursors.set(sink, cursor)
      return cursor
    },
  }
}

function createCursor(entries: readonly Sequenced[], changed$: Subject<void>): TinyCursor {
  const deadLetters = new Map<Seq, Refusal>()
  const retrying = new Set<Seq>()
  let confirmed = 0
  let generation = 1
  let furthest = 0

  const reader: JournalReader = {
    async read(limit, after) {
      if (after === undefined && retrying.size > 0) {
        const seqs = [...retrying].sort((one, other) => one - other).slice(0, limit.entries)
        return { entries: seqs.map((seq) => entries[seq - 1]!), origin: 'dead-letters', generation }
      }
      const page: Sequenced[] = []
      let bytes = 0
      for (let seq = (after ?? confirmed) + 1; seq <= entries.length; seq++) {
        const next = entries[seq - 1]!
        bytes += Buffer.byteLength(encodeEntry(next))
        if (page.length >= limit.entries || (page.length > 0 && bytes > limit.bytes)) break
        page.push(next)
        furthest = Math.max(furthest, seq)
      }
      return page.length === 0 ? undefined : { entries: page, origin: 'journal', generation }
    },
    async commit(page: Page, refused = []) {
      if (page.origin === 'journal') {
        if (page.generation !== generation) return false
        const first = page.entries[0]!.seq
        if (first !== confirmed + 1) throw new Error(`${first} settled while at ${confirmed}`)
        confirmed = page.entries.at(-1)!.seq
      } else {
        for (const { seq } of page.entries) {
          retrying.delete(seq)
          deadLetters.delete(seq)
        }
      }
      for (const refusal of refused) deadLetters.set(refusal.seq, refusal)
      return true
    },
  }

  return {
    reader,
    deadLetters,
    retried: retrying,
    get confirmed() {
      return confirmed
    },
    get furthest() {
      return furthest
    },
    rewind(to) {
      confirmed = Math.min(to, confirmed)
      for (const seq of deadLetters.keys()) {
        if (seq <= confirmed) continue
        deadLetters.delete(seq)
        retrying.delete(seq)
      }
      generation++
      changed$.next()
    },
    retryDeadLetters() {
      for (const seq of deadLetters.keys()) retrying.add(seq)
      changed$.next()
    },
  }
}
