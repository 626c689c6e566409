import type { DatabaseSync } from 'node:sqlite'
import type { Refusal } from '../model/delivery.ts'
import { encodeEntry } from '../model/entry-codec.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { Seq } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createCursorTable } from './cursor-table.ts'
import { writing } from './database.ts'
import type { DeadLetters, Letter } from './dead-letters.ts'
import type { Forgotten, Page, SinkLimits, SinkTrouble } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { addOwn, type OwnEntry } from './own-entries.ts'
import type { Room } from './room.ts'

/** What a commit needs of a page. */
type Settled = Pick<Page, 'origin' | 'generation'> & { readonly seqs: readonly Seq[] }

interface Refused extends Refusal {
  readonly letter: Letter | undefined
}

/**
 * The cursors' moves. For each sink, at every moment and counting what a rewind gives out again as
 * accepted again:
 *
 *     accepted = delivered + pending + dead letters + dropped + discarded
 */
export interface Cursors {
  register(sink: string, from: 'start' | 'end', limits: SinkLimits): void
  /** Answers what it leaves behind, which a marker tells too. Throws `usage` for an unknown sink. */
  forget(sink: string, now: Nanoseconds): { readonly left: Forgotten; readonly marker: OwnEntry }
  /** See `JournalReader.commit`. Throws where entries between the cursor and the page are unsettled. */
  commit(sink: string, page: Settled, refused: readonly Refusal[], at: Nanoseconds): boolean
  rewind(sink: string, to: Seq): void
  retryDeadLetters(sink: string, seqs?: readonly Seq[]): number
  /** Changes nothing, and so that it is noticed: any change from outside wakes the sinks. */
  hurry(): void
  dropDeadLetters(sink: string, seqs?: readonly Seq[]): number
  keepTrouble(sink: string, trouble: SinkTrouble): void
}

export function createCursors(
  db: DatabaseSync,
  ledger: Pick<Ledger, 'bounds' | 'tail'>,
  deadLetters: DeadLetters,
  room: Pick<Room, 'forChange'>,
): Cursors {
  const table = createCursorTable(db)
  const changing = <T>(work: () => T): T => room.forChange(() => writing(db, work))

  function known(sink: string): NonNullable<ReturnType<typeof table.get>> {
    const cursor = table.get(sink)
    if (cursor !== undefined) return cursor
    const names = table.all().map((each) => each.sink)
    const hint = didYouMean(sink, names)
    const list = names.length === 0 ? 'it has none yet' : `it has ${names.join(', ')}`
    throw new AuditorError('usage', `the journal knows no sink "${sink}"${hint} (${list})`)
  }

  const withLetter = (refusal: Refusal): Refused => ({
    ...refusal,
    letter: deadLetters.letterOf(refusal.seq),
  })

  function settleRun(
    sink: string,
    { seqs }: Settled,
    refused: readonly Refused[],
    at: Nanoseconds,
  ): void {
    const { confirmed } = known(sink) // never before the journal's beginning: retention sees to it
    const [first, last] = [seqs[0]!, seqs.at(-1)!]
    if (last <= confirmed) return // dropped meanwhile by retention, and told so
    if (table.countFor(sink, confirmed, first - 1) > 0) {
      throw new Error(
        `sink ${sink} settled ${first} before what stands between ${confirmed} and it`,
      )
    }
    const settled = table.countFor(sink, confirmed, last)
    const kept = refused.filter(({ seq }) => seq > confirmed)
    for (const { seq, reason, letter } of kept) {
      if (letter === undefined) throw new Error(`${seq} is not in the journal`)
      deadLetters.bury(sink, letter, reason, at)
    }
    table.confirm(sink, last, { delivered: settled - kept.length, damaged: 0 })
  }

  return {
    register(sink, from, { maxLagMs }) {
      const before = table.get(sink)
      if (before !== undefined) {
        if (before.maxLagMs === (maxLagMs ?? null)) return
        changing(() => table.limitLag(sink, maxLagMs))
        return
      }
      changing(() => {
        const { nextSeq, baseSeq, anchorSeq } = ledger.bounds()
        const last = nextSeq - 1
        const isNew = last === 1 && anchorSeq === 1 // it says that it was begun, and nothing else
        table.add(sink, from === 'start' || isNew ? baseSeq : last)
        table.limitLag(sink, maxLagMs)
      })
    },
    forget(sink, now) {
      return changing(() => {
        const { confirmed } = known(sink)
        const last = ledger.bounds().nextSeq - 1
        const pending = table.countFor(sink, confirmed, last)
        table.remove(sink)
        const left = { pending, deadLetters: deadLetters.drop(sink) }
        // The place tells it from an earlier forgetting, by a clock that has not moved since.
        const data = { sink, confirmed, last, ...left }
        const marker = markerOf({ time: now, marker: 'sink-forgotten', data })
        const tail = ledger.tail()
        const [own] = addOwn(tail, [{ id: marker.id, body: encodeEntry(marker) }])
        tail.finish()
        return { left, marker: own! }
      })
    },
    commit(sink, page, refused, at) {
      const inPage = new Set(page.seqs)
      const stranger = refused.find(({ seq }) => !inPage.has(seq))
      if (stranger !== undefined) throw new Error(`${stranger.seq} is not in the page`)
      const isOfJournal = page.origin === 'journal'
      const letters = isOfJournal ? refused.map(withLetter) : []
      return changing(() => {
        if (known(sink).generation !== page.generation) return false
        if (isOfJournal) settleRun(sink, page, letters, at)
        else table.addDelivered(sink, deadLetters.settle(sink, page.seqs, refused, at))
        return true
      })
    },
    rewind(sink, to) {
      changing(() => {
        const { confirmed } = known(sink)
        if (!Number.isSafeInteger(to) || to < 0 || to > confirmed) {
          throw new AuditorError(
            'usage',
            `sink ${sink} is at ${confirmed}: it can be moved back to 0..${confirmed}, not to ${to}`,
          )
        }
        const back = Math.max(to, ledger.bounds().baseSeq)
        deadLetters.exhume(sink, back)
        table.moveBack(sink, back)
      })
    },
    hurry() {
      changing(() => db.exec('UPDATE meta SET sum = sum'))
    },
    retryDeadLetters(sink, seqs) {
      return changing(() => {
        known(sink)
        return deadLetters.retry(sink, seqs)
      })
    },
    keepTrouble(sink, trouble) {
      changing(() => table.keepTrouble(sink, trouble))
    },
    dropDeadLetters(sink, seqs) {
      return changing(() => {
        known(sink)
        const dropped = deadLetters.drop(sink, seqs)
        table.addDiscarded(sink, dropped)
        return dropped
      })
    },
  }
}
