import type { SqlCondition } from '../filter/sql.ts'
import type { Observable } from 'rxjs'
import type { KnownContainer } from '../model/container-state.ts'
import type { DeadLetter, Refusal } from '../model/delivery.ts'
import type { Entry, Seq, Sequenced } from '../model/entry.ts'
import type { Hole } from '../model/hole.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { ChainLink, ChainPlace } from './chain.ts'

/** How much one read may bring. */
export interface Limit {
  readonly entries: number
  /** Of the entries' written form; the first entry always comes, however large. */
  readonly bytes: number
}

export interface Appended {
  /** Those that were new, with their places; what the journal already had is left out. */
  readonly entries: readonly Sequenced[]
  readonly repeated: number
}

/** How a sink fared last, for who asks when no agent runs. Milliseconds since the epoch. */
export interface SinkTrouble {
  /** What went wrong last, also when all is well again. */
  readonly lastError?: string
  readonly lastErrorAt?: number
  /** Where it has taken nothing since: when that began. */
  readonly failingSince?: number
}

/** One sink's place in the journal: the contiguous frontier of what it confirmed. */
export interface Cursor extends SinkTrouble {
  readonly sink: string
  /** What comes after this place is given to the sink; what came before it never was. */
  readonly since: Seq
  readonly confirmed: Seq
  readonly pending: number
  /** Settled and not refused; what a rewind gives out again counts again. */
  readonly delivered: number
  /** When the oldest pending entry happened; absent where none is, or its page is damaged. */
  readonly oldestPending?: Nanoseconds
  readonly deadLetters: number
  /**
   * Entries, and dead letters, pruned by retention before this sink had them; each run is told by a
   * gap.
   */
  readonly dropped: number
  /** Dead letters that somebody dropped. */
  readonly discarded: number
  /** Places whose entry was found damaged: the sink got a gap that says so. */
  readonly damaged: number
  /** See `SinkLimits`. */
  readonly maxLagMs?: number
}

/** What a sink has not got that was forgotten. */
export interface Forgotten {
  readonly pending: number
  readonly deadLetters: number
}

/** What is kept for one sink. */
export interface SinkLimits {
  /**
   * How old an entry may be, in ms, that is kept since this sink has not confirmed it. Beyond that,
   * and beyond the journal's own age, it is pruned, and the sink told by a gap. Default: as old as the
   * journal's limit of size allows.
   */
  readonly maxLagMs?: number
}

/** What a reader gives out at once: a run of the journal, or dead letters somebody asked to retry. */
export interface Page {
  /** In journal order, never empty. */
  readonly entries: readonly Sequenced[]
  readonly origin: 'journal' | 'dead-letters'
  /** Which life of the cursor this page belongs to: a rewind begins a new one. */
  readonly generation: number
}

export interface JournalReader {
  /**
   * Retried dead letters first, then entries after the cursor; or only entries after `after`, to read
   * ahead of the cursor. Gaps that are another sink's own are passed over. `undefined` when nothing
   * waits.
   */
  read(limit: Limit, after?: Seq): Promise<Page | undefined>
  /**
   * Everything in the page is settled: delivered, or refused and put among the dead letters, all in
   * one transaction. False when the cursor was moved by somebody else meanwhile (rewind): nothing
   * was changed, read again. Pages are committed in the order of the journal.
   */
  commit(page: Page, refused?: readonly Refusal[]): Promise<boolean>
}

export interface EntryRange {
  /** Inclusive. */
  readonly from?: Nanoseconds
  /** Inclusive. */
  readonly to?: Nanoseconds
  /** Newest first. Default oldest first. */
  readonly reverse?: boolean
  /**
   * Only entries this is true of, and those it can't be asked of: a condition over `e`, the table of
   * entries, made by `sqlOf`. Where damage makes it impossible to ask, others may come, too.
   */
  readonly where?: SqlCondition
}

/**
 * Told how far a listing has looked, at least every 5,000 entries, and waited for. What it throws ends the
 * listing.
 */
export type OnLooked = (at: Seq) => void | Promise<void>

export interface JournalStats {
  readonly entries: number
  /** One more than `lastSeq` where there are no entries. */
  readonly firstSeq: Seq
  readonly lastSeq: Seq
  /** Of the database's used pages: what retention's `maxBytes` limits. */
  readonly bytes: number
  /** How often an entry was found changed on disk while reading; a gap was given out instead. */
  readonly damaged: number
  /** Absent where there are no entries, or its page is damaged; so is `newest`. */
  readonly oldest?: Nanoseconds
  readonly newest?: Nanoseconds
}

/** Where a journal begins and ends, as it notes it. */
export interface ChainEnds {
  readonly epoch: string
  /** The last place that was pruned: the chain is followed from there. */
  readonly base: ChainPlace
  readonly head: ChainPlace
  /** False where what the journal notes of them is not as it was written. */
  readonly isSound: boolean
}

/** A row of the trail as it lies there. */
export interface KeyedLink extends ChainLink {
  readonly id: Uint8Array
}

/** Rows that follow each other, with the journal's ends at that moment. */
export interface LinkPage extends ChainEnds {
  readonly links: readonly KeyedLink[]
}

/** What is asked by who verifies or exports the trail. */
export interface Trail {
  chain(): Promise<ChainEnds>
  /** The next rows behind a place, not checked; none where there are none. */
  links(after: Seq): Promise<LinkPage>
  /**
   * Those of these places that there are, in their order. One that is not as it was written, or whose page
   * can't be read, is a gap without a seal.
   */
  find(seqs: readonly Seq[]): Promise<readonly Sequenced[]>
  /** The lowest and the highest place of what happened in a range; `undefined` where nothing did. */
  span(range: EntryRange): Promise<{ readonly first: Seq; readonly last: Seq } | undefined>
}

/** What may be asked of a journal beside a running agent. */
export interface JournalView extends Trail, AsyncDisposable {
  /** Entries by time, in pages of moderate size so that memory stays bounded. */
  entries(range: EntryRange, onLooked?: OnLooked): AsyncIterable<Sequenced>
  cursors(): Promise<readonly Cursor[]>
  deadLetters(sink?: string): AsyncIterable<DeadLetter>
  stats(): Promise<JournalStats>
}

/**
 * What people may change beside a running agent, each in one short transaction; the agent notices.
 */
export interface JournalAdmin extends JournalView {
  /**
   * Entries after `to` are delivered again, those among the dead letters too. Throws `usage` for an
   * unknown sink and for a place ahead of the cursor.
   */
  rewind(sink: string, to: Seq): Promise<void>
  /** Gives dead letters to their sink once more (all, or these); returns how many. */
  retryDeadLetters(sink: string, seqs?: readonly Seq[]): Promise<number>
  dropDeadLetters(sink: string, seqs?: readonly Seq[]): Promise<number>
  /**
   * Forgets a sink: nothing is kept for it any more, and its dead letters are gone. Used again, it
   * begins as a new one. Not for a sink that is being delivered to. Throws `usage` for an unknown one.
   */
  forget(sink: string): Promise<Forgotten>
  /** Sinks of a running agent that wait before their next try, try at once. */
  hurry(): Promise<void>
}

/**
 * The durable store. `append` resolves when the group is on disk: from then on it is promised.
 * One writer a directory; readers are always welcome.
 */
export interface Journal extends JournalAdmin {
  /**
   * One transaction with the resume point; an id the journal has is not appended again. Groups are
   * appended in the order of the calls.
   *
   * @param run for who calls again before the last call is answered, and tries failed ones again: once
   *   an append of a run has failed, all further ones of that run are refused, so that none gets
   *   before it. When all are answered they are sent again with another number.
   */
  append(group: readonly Entry[], resume?: ResumePoint, run?: number): Promise<Appended>
  resumePoint(engineId: string): Promise<ResumePoint | undefined>
  /**
   * What its entries say of the containers that exist: changed in the transaction that adds them.
   * At most 10,000 an engine; beyond that those told of longest ago are forgotten.
   */
  containers(engineId: string): Promise<readonly KnownContainer[]>
  /** What gaps of this engine cover that no marker `engine-reconciled` has answered yet. */
  hole(engineId: string): Promise<Hole | undefined>
  /**
   * Appends an anchor (see `anchors.ts`), unless nothing was appended since the last one. It appends
   * them by itself too; this is for one who is about to close it.
   */
  anchor(): Promise<void>
  /**
   * Registers the sink at its first use: at the journal's end, or at its start. Default `end`. Where
   * nothing was recorded yet, both are the start: the sink gets the word that the journal was begun.
   */
  reader(sink: string, from?: 'start' | 'end', limits?: SinkLimits): Promise<JournalReader>
  /** Kept beside the sink's cursor. A transaction: meant for when something has changed. */
  keepTrouble(sink: string, trouble: SinkTrouble): Promise<void>
  /**
   * Emits after each append that added something, the journal's own among them (gaps for sinks, anchors),
   * and after each change made from outside.
   */
  readonly appended$: Observable<Appended>
}
