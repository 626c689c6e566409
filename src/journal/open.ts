import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '../actors/clock.ts'
import { AuditorError } from '../model/errors.ts'
import { silentLog, type Log } from '../model/log.ts'
import { checkAnchors, defaultAnchors, type AnchorRule } from './anchors.ts'
import { createCore, createLocalCaller, type Caller } from './caller.ts'
import { openForReading, openForWriting } from './database.ts'
import { JOURNAL_FILE, ensureDirectory, prepareJournal } from './directory.ts'
import { diskShareOf } from './disk-share.ts'
import { createEntryReader } from './entry-reader.ts'
import { createJournal } from './facade.ts'
import type { Journal, JournalAdmin, JournalView } from './journal.ts'
import { lockDirectory } from './lock.ts'
import { createRestingCaller } from './resting-caller.ts'
import { RESERVE_FILE, createReserve, withReserve } from './reserve.ts'
import { checkRetention, type Retention } from './retention.ts'
import { assertReadable } from './schema.ts'
import { explain } from './unusable.ts'
import { createView } from './view.ts'
import { startWorker } from './worker-caller.ts'

export interface JournalOptions {
  /** The data directory; made where it is missing, with mode 0700. */
  readonly dir: string
  readonly clock?: Clock
  /** Default: everything is kept. */
  readonly retention?: Retention
  /** How often an anchor is set. Default: after 10,000 entries or 15 minutes. */
  readonly anchors?: AnchorRule
  readonly log?: Log
  /**
   * A thread of the journal died, which is a bug: every call is rejected from now on. Called at most
   * once a thread, after the log was told.
   */
  readonly onFatal?: (error: Error) => void
}

/**
 * Opens the journal of a directory for the one agent that writes there, creating or upgrading it.
 * A damaged one is set aside and a new one begun, which says so in its first entry.
 *
 * @throws AuditorError `journal-full`, `journal-locked`, `journal-newer` or `journal-unusable`
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, clock = systemClock, retention = {}, log = silentLog } = options
  const { anchors = defaultAnchors } = options
  checkRetention(retention)
  checkAnchors(anchors)
  await ensureDirectory(dir)
  const { reserveBytes } = explaining(dir, () => diskShareOf(dir, retention.maxBytes))
  const reserve = createReserve(join(dir, RESERVE_FILE), reserveBytes)
  const release = explaining(dir, () => withReserve(reserve, () => lockDirectory(dir)))
  const onFatal = (error: Error): void => {
    log.error({ err: error }, error.message)
    options.onFatal?.(error)
  }
  const opened: Caller[] = []
  try {
    const aside = explaining(dir, () =>
      withReserve(reserve, () => prepareJournal(dir, clock.nowNanos())),
    )
    if (aside !== undefined) {
      log.error(aside, `the journal was damaged (${aside.reason}) and a new one is begun`)
    }
    opened.push(await startWorker({ role: 'write', dir, retention, anchors }, onFatal))
    const startReader = () => startWorker({ role: 'read', dir }, onFatal)
    opened.push(createRestingCaller(await startReader(), startReader, clock))
    const [writer, reader] = opened as [Caller, Caller]
    return createJournal({ writer, reader, clock, log, release })
  } catch (thrown) {
    for (const caller of opened.reverse()) await caller[Symbol.asyncDispose]()
    release()
    throw explain(dir, thrown)
  }
}

/**
 * Reads a journal, beside a running agent or without one, also where the directory can't be written.
 * @throws AuditorError `journal-newer` or `journal-unusable`
 */
export async function openJournalView(
  dir: string,
  options: { readonly log?: Log } = {},
): Promise<JournalView> {
  const { caller, view } = openQuestions(dir, options.log ?? silentLog)
  return { ...view, [Symbol.asyncDispose]: () => caller[Symbol.asyncDispose]() }
}

/**
 * Reads a journal and changes cursors and dead letters, beside a running agent or without one.
 * @throws AuditorError `journal-newer` or `journal-unusable`
 */
export async function openJournalAdmin(
  dir: string,
  options: { readonly log?: Log } = {},
): Promise<JournalAdmin> {
  const questions = openQuestions(dir, options.log ?? silentLog)
  let writer: Caller
  try {
    const db = openForWriting(join(dir, JOURNAL_FILE))
    writer = createLocalCaller(createCore(db, dir, 'write'), () => db.close())
  } catch (thrown) {
    await questions.caller[Symbol.asyncDispose]()
    throw explain(dir, thrown)
  }
  return {
    ...questions.view,
    rewind: (sink, to) => writer.call('rewind', sink, to),
    retryDeadLetters: (sink, seqs) => writer.call('retryDeadLetters', sink, seqs),
    dropDeadLetters: (sink, seqs) => writer.call('dropDeadLetters', sink, seqs),
    forget: async (sink) => (await writer.call('forget', sink, systemClock.nowNanos())).left,
    hurry: () => writer.call('hurry'),
    async [Symbol.asyncDispose]() {
      await questions.caller[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
    },
  }
}

function openQuestions(
  dir: string,
  log: Log,
): { readonly caller: Caller; readonly view: ReturnType<typeof createView> } {
  const file = join(dir, JOURNAL_FILE)
  assertThere(dir, file)
  return explaining(dir, () => {
    const db = openForReading(file)
    try {
      assertReadable(db, file)
      const caller = createLocalCaller(createCore(db, dir, 'read'), () => db.close())
      return { caller, view: createView(caller, createEntryReader(log)) }
    } catch (thrown) {
      db.close()
      throw thrown
    }
  })
}

function assertThere(dir: string, file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (thrown) {
    const isForbidden = (thrown as NodeJS.ErrnoException).code === 'EACCES'
    const message = isForbidden
      ? `cannot read the journal in ${dir}: permission denied; run as its owner`
      : `there is no journal in ${dir}: start the agent there`
    throw new AuditorError(
      'journal-unusable',
      `${message}, or name another directory with --data`,
      { cause: thrown },
    )
  }
}

function explaining<T>(dir: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw explain(dir, thrown)
  }
}
