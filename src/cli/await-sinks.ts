import type { Cursor, JournalView } from '../journal/journal.ts'
import { AuditorError } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import { createProgress } from './progress.ts'

const LOOK_EVERY_MS = 500

/**
 * Shows how far these sinks are until nothing waits for them.
 *
 * @param signal ends the waiting early
 * @throws AuditorError `undelivered` where it was ended before, naming what is left
 */
export async function awaitSinks(
  { terminal, clock }: Pick<CommandContext, 'terminal' | 'clock'>,
  view: Pick<JournalView, 'cursors'>,
  sinks: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const title = sinks.size === 1 ? [...sinks].join() : 'sinks'
  const progress = createProgress(terminal, clock, title, 'entries')
  let most = 0
  let left: readonly Cursor[] = []
  try {
    for (;;) {
      const cursors = (await view.cursors()).filter(({ sink }) => sinks.has(sink))
      left = cursors.filter((cursor) => cursor.pending > 0)
      const waiting = left.reduce((sum, cursor) => sum + cursor.pending, 0)
      most = Math.max(most, waiting)
      const dead = cursors.reduce((sum, cursor) => sum + cursor.deadLetters, 0)
      progress.update(most - waiting, most, dead === 0 ? '' : `${dead} in dead letters`)
      if (waiting === 0) return
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    const names = left.map((cursor) => `${cursor.sink} (${cursor.pending})`).join(', ')
    const message = `ended before everything was delivered; still waiting: ${names}`
    throw new AuditorError('undelivered', message, { cause: thrown })
  } finally {
    progress.stop()
  }
}
