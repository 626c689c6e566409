import type { Actor, ActorContext } from '../actors/actor.ts'
import { createMailbox } from '../actors/mailbox.ts'
import type { Journal } from '../journal/journal.ts'
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
  /** Resolves when the group is durable. Groups are appended one after the other, in this order. */
  write(group: Group, signal: AbortSignal): Promise<void>
  status(): WriterStatus
}

interface Waiting {
  readonly group: Group
  readonly done: () => void
}

/**
 * The only one who appends. A group that can't be written (full disk, I/O error) is tried again for
 * ever with backoff, keeping the order; meanwhile whoever writes waits, and the bounded operator in
 * front of it sheds visibly. The group in hand outlives a restart of the actor.
 */
export function createWriter(options: {
  readonly journal: Pick<Journal, 'append'>
  readonly log: Log
  readonly minDelayMs?: number
  readonly maxDelayMs?: number
}): Writer {
  const { journal, log, minDelayMs = 100, maxDelayMs = 5_000 } = options
  const mailbox = createMailbox<Waiting>(4)
  let inHand: Waiting | undefined
  let status: WriterStatus = { appended: 0, repeated: 0, groups: 0 }

  async function append({ group }: Waiting, { clock, signal }: ActorContext): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const { entries, repeated } = await journal.append(group.entries, group.resume)
        if (status.failing !== undefined) log.info({}, 'the journal can be written again')
        status = {
          appended: status.appended + entries.length,
          repeated: status.repeated + repeated,
          groups: status.groups + 1,
        }
        return
      } catch (thrown) {
        const error = asError(thrown)
        if (status.failing === undefined) {
          log.error({ err: error }, `the journal can't be written, trying again: ${error.message}`)
        }
        status = { ...status, failing: { since: status.failing?.since ?? clock.now(), error } }
        await clock.sleep(Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt, 16)), signal)
      }
    }
  }

  return {
    name: 'writer',
    status: () => status,
    async run(context) {
      for (;;) {
        inHand ??= await mailbox.take(context.signal)
        if (inHand === undefined) return
        await append(inHand, context)
        inHand.done()
        inHand = undefined
      }
    },
    async write(group, signal) {
      let done = (): void => undefined
      const durable = new Promise<void>((resolve) => (done = resolve))
      await mailbox.put({ group, done }, signal)
      await durable
    },
  }
}
