import { healthOfWaiting } from '../agent/health.ts'
import type { Journal } from '../journal/journal.ts'
import { whileJournalFails } from '../journal/patience.ts'
import type { Log } from '../model/log.ts'
import type { CommandContext } from './command.ts'
import type { Endpoints } from './endpoints.ts'

/**
 * Opens the journal, and where its disk is full waits until it has room: the log and the endpoints
 * say so meanwhile. `undefined` where the command was ended before.
 */
export async function openAtLast(
  { clock, signal }: Pick<CommandContext, 'clock' | 'signal'>,
  log: Log,
  endpoints: Endpoints,
  open: () => Promise<Journal>,
): Promise<Journal | undefined> {
  let since: number | undefined
  try {
    return await whileJournalFails(open, {
      clock,
      signal,
      codes: ['journal-full'],
      async onFailure(error) {
        if (since === undefined) log.error({ err: error }, `waiting: ${error.message}`)
        const began = (since ??= clock.now())
        endpoints.tellOf({ health: async () => healthOfWaiting(began, error) })
        await endpoints.open()
      },
    })
  } catch (thrown) {
    if (signal.aborted) return undefined
    throw thrown
  }
}
