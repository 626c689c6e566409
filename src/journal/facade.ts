import { Subject } from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import { encodeEntry } from '../model/entry-codec.ts'
import type { Entry, Sequenced } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { WrittenGroup } from './append.ts'
import type { ReadCaller, WriteCaller } from './caller.ts'
import { wordsOf } from './engine-words.ts'
import { createEntryReader } from './entry-reader.ts'
import { createGate } from './gate.ts'
import type { Appended, Journal, JournalReader } from './journal.ts'
import type { Written } from './ledger.ts'
import type { OwnEntry } from './own-entries.ts'
import { pack } from './packed.ts'
import { createRuns } from './runs.ts'
import { createSweeper } from './sweeper.ts'
import { createView } from './view.ts'

/**
 * What waits at the writer at most; further appends wait before they are handed over. Enough for the
 * next transaction to be ready when one is done.
 */
const AT_THE_WRITER = { callers: 64, bytes: 8 * 1024 * 1024 }

export interface JournalParts {
  readonly writer: WriteCaller & AsyncDisposable
  readonly reader: ReadCaller & AsyncDisposable
  readonly clock: Clock
  readonly log: Log
  /** Called last when the journal is closed. */
  readonly release?: () => void
}

/** A journal over its connections: entries to text and back, and what is told of changes. */
export function createJournal(parts: JournalParts): Journal {
  const { writer, reader, clock, log } = parts
  const appended$ = new Subject<Appended>()
  const gate = createGate(AT_THE_WRITER)
  const entryReader = createEntryReader(log)
  const changed = (): void => appended$.next({ entries: [], repeated: 0 })
  const sweeper = createSweeper({
    writer,
    clock,
    log,
    onOwn: tellOwn,
    onChange: changed,
  })
  const runs = createRuns()

  function tellOwn(own: readonly OwnEntry[]): void {
    appended$.next({ entries: own.map((each) => entryReader.entry(each)), repeated: 0 })
  }

  let closed: Promise<void> | undefined

  function openCheck(): void {
    if (closed !== undefined) throw new Error('the journal is closed')
  }

  /** The writer does not hear of a group that can't be written down: its run breaks here. */
  function prepared(
    group: readonly Entry[],
    resume: ResumePoint | undefined,
    run: number | undefined,
  ): WrittenGroup {
    try {
      const entries = pack(group.map(write))
      const words = wordsOf(group)
      return {
        entries,
        ...(resume === undefined ? {} : { resume }),
        ...(words === undefined ? {} : { words }),
      }
    } catch (thrown) {
      runs.broken(run)
      throw thrown
    }
  }

  async function change<T>(work: Promise<T>): Promise<T> {
    const result = await work
    changed()
    return result
  }

  const readerOf = (sink: string): JournalReader => ({
    async read(limit, after) {
      const page = await reader.call('read', sink, limit, after)
      return page === undefined
        ? undefined
        : { ...page, entries: page.entries.map((read) => entryReader.entry(read)) }
    },
    commit: ({ origin, generation, entries }, refused = []) =>
      writer.call(
        'commit',
        sink,
        { origin, generation, seqs: entries.map(({ seq }) => seq) },
        refused,
        clock.nowNanos(),
      ),
  })

  async function close(): Promise<void> {
    sweeper.stop()
    await sweeper.idle()
    await reader[Symbol.asyncDispose]()
    await writer[Symbol.asyncDispose]() // last: who can write folds the log into the database
    appended$.complete()
    parts.release?.()
  }

  return {
    ...createView(reader, entryReader),
    appended$: appended$.asObservable(),
    async append(group, resume, run) {
      openCheck()
      if (group.length === 0 && resume === undefined) return { entries: [], repeated: 0 }
      const written = prepared(group, resume, run)
      const bytes = written.entries.slots.length
      await gate.enter(bytes)
      try {
        runs.check(run)
        const [result] = await writer.call('append', [written], clock.nowNanos(), run)
        const entries = placed(group, result!.places)
        const appended = { entries, repeated: group.length - entries.length }
        if (entries.length > 0) appended$.next(appended)
        if (result!.anchor !== undefined) tellOwn([result!.anchor])
        sweeper.appended(entries.length, result!.pruneDue)
        return appended
      } finally {
        gate.leave(bytes)
      }
    },
    async anchor() {
      openCheck()
      const anchor = await writer.call('anchor', clock.nowNanos())
      if (anchor !== undefined) tellOwn([anchor])
    },
    resumePoint: (engineId) => reader.call('resumePoint', engineId),
    containers: (engineId) => reader.call('containers', engineId),
    hole: (engineId) => reader.call('hole', engineId),
    async reader(sink, from = 'end', limits = {}) {
      openCheck()
      await writer.call('register', sink, from, limits)
      return readerOf(sink)
    },
    keepTrouble: (sink, trouble) => writer.call('keepTrouble', sink, trouble),
    rewind: (sink, to) => change(writer.call('rewind', sink, to)),
    retryDeadLetters: (sink, seqs) => change(writer.call('retryDeadLetters', sink, seqs)),
    dropDeadLetters: (sink, seqs) => change(writer.call('dropDeadLetters', sink, seqs)),
    async forget(sink) {
      const { left, marker } = await writer.call('forget', sink, clock.nowNanos())
      tellOwn([marker])
      return left
    },
    hurry: () => change(writer.call('hurry')),
    [Symbol.asyncDispose]: () => (closed ??= close()),
  }
}

function write(entry: Entry): Written {
  const { id } = entry
  const body = encodeEntry(entry)
  return entry.kind === 'gap' && entry.sink !== undefined
    ? { id, body, sink: entry.sink }
    : { id, body }
}

function placed(group: readonly Entry[], places: readonly (number | undefined)[]): Sequenced[] {
  const entries: Sequenced[] = []
  for (const [index, seq] of places.entries()) {
    if (seq !== undefined) entries.push({ ...group[index]!, seq })
  }
  return entries
}
