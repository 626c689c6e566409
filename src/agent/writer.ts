import type { Actor } from '../actors/actor.ts'
import { createMailbox } from '../actors/mailbox.ts'
import type { Appended, Journal } from '../journal/journal.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Group } from '../streams/flow.ts'

/** How the writer fares, for health and metrics. */
export interface WriterStatus {
  /** Entries appended; repeated ones are not among them. */
  readonly appended: number
  /** Entries the journal already had. */
  readonly repeated: number
  readonly groups: number
  /** Set while the journal can't be written; recording goes on by itself when it can be again. */
  readonly failing?: { readonly since: number; readonly error: Error }
}

export interface Writer extends Actor {
  /**
   * Resolves when the group is durable. Groups are appended in the order of the calls. Rejects when
   * the signal is aborted: nobody waits any more, but it may become durable later.
   */
  write(group: Group, signal: AbortSignal): Promise<void>
  status(): WriterStatus
}

/** Groups handed to the journal and not durable yet: the next is ready when one is done. */
export const WRITE_WINDOW = 4

interface Waiting {
  readonly group: Group
  readonly done: () => void
}

/**
 * The only one who appends, a few groups ahead of the disk. When one can't be written (full disk,
 * I/O error) the journal refuses those behind it; when all are answered they are sent again in their
 * order, for ever with backoff. Meanwhile whoever writes waits, and the bounded operator in front of
 * it sheds visibly. The groups in hand outlive a restart of the actor.
 */
export function createWriter(options: {
  readonly journal: Pick<Journal, 'append'>
  readonly log: Log
  readonly minDelayMs?: number
  readonly maxDelayMs?: number
}): Writer {
  const { journal, log, minDelayMs = 100, maxDelayMs = 5_000 } = options
  const mailbox = createMailbox<Waiting>(WRITE_WINDOW)
  /** Taken from the mailbox and not durable yet, in their order. */
  const inHand = new Set<Waiting>()
  let status: WriterStatus = { appended: 0, repeated: 0, groups: 0 }
  let runs = 0
  let failures = 0

  function durable(waiting: Waiting, { entries, repeated }: Appended): void {
    if (status.failing !== undefined) log.info({}, 'the journal can be written again')
    failures = 0
    status = {
      appended: status.appended + entries.length,
      repeated: status.repeated + repeated,
      groups: status.groups + 1,
    }
    inHand.delete(waiting)
    waiting.done()
  }

  /** Appends what is in hand and what comes, until an append fails; ends when all are answered. */
  async function appendUntilOneFails(signal: AbortSignal): Promise<Error> {
    const run = (runs += 1)
    const failed = new AbortController()
    const ending = AbortSignal.any([signal, failed.signal])
    const underWay = new Set<Promise<void>>()

    function append(waiting: Waiting): void {
      const { entries, resume } = waiting.group
      const answered = journal
        .append(entries, resume, run)
        .then((appended) => durable(waiting, appended))
        .catch((thrown: unknown) => failed.abort(asError(thrown))) // the first one is the reason
        .finally(() => underWay.delete(answered))
      underWay.add(answered)
    }

    try {
      for (const waiting of inHand) append(waiting)
      for (;;) {
        while (underWay.size >= WRITE_WINDOW) await Promise.race(underWay)
        const waiting = await mailbox.take(ending)
        inHand.add(waiting!) // the mailbox is never closed
        append(waiting!)
      }
    } catch (thrown) {
      if (!failed.signal.aborted) throw thrown
      return failed.signal.reason as Error
    } finally {
      await Promise.all(underWay)
    }
  }

  return {
    name: 'writer',
    status: () => status,
    async run({ clock, signal }) {
      for (;;) {
        const error = await appendUntilOneFails(signal)
        if (status.failing === undefined) {
          log.error({ err: error }, `the journal can't be written, trying again: ${error.message}`)
        }
        status = { ...status, failing: { since: status.failing?.since ?? clock.now(), error } }
        await clock.sleep(Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(failures, 16)), signal)
        failures += 1
      }
    },
    async write(group, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      await mailbox.put({ group, done: resolve }, signal)
      const onAbort = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      await promise.finally(() => signal.removeEventListener('abort', onAbort))
    },
  }
}
