import type { Cursor, JournalView } from '../journal/journal.ts'
import { AuditorError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { CommandContext } from './command.ts'
import { createProgress } from './progress.ts'

/** How often it looks: soon at first, for little is done in a moment. */
const LOOK_MS = { first: 20, most: 500 }

export interface Awaited {
  readonly view: Pick<JournalView, 'cursors' | 'deadLetters'>
  /** Names of the sinks. */
  readonly sinks: ReadonlySet<string>
  /** When the delivering began: what was refused before is not told again. */
  readonly begun: Nanoseconds
  /** Waits for what the cursors don't show, such as retried dead letters. */
  readonly settled?: (signal: AbortSignal) => Promise<void>
  /** Ends the waiting early. */
  readonly signal: AbortSignal
}

/**
 * Shows how far these sinks are until nothing waits for them.
 *
 * @throws AuditorError `undelivered` where it was ended before, or where a sink refused entries
 */
export async function awaitSinks(
  { terminal, clock }: Pick<CommandContext, 'terminal' | 'clock'>,
  awaited: Awaited,
): Promise<void> {
  const { view, sinks, signal } = awaited
  const title = sinks.size === 1 ? [...sinks].join() : 'sinks'
  const progress = createProgress(terminal, clock, title, 'entries')
  let most = 0
  let left: readonly Cursor[] = []
  try {
    for (let wait = LOOK_MS.first; ; wait = Math.min(2 * wait, LOOK_MS.most)) {
      const cursors = (await view.cursors()).filter(({ sink }) => sinks.has(sink))
      left = cursors.filter((cursor) => cursor.pending > 0)
      const waiting = left.reduce((sum, cursor) => sum + cursor.pending, 0)
      most = Math.max(most, waiting)
      progress.update(most - waiting, most)
      if (waiting === 0) break
      await clock.sleep(wait, signal)
    }
    await awaited.settled?.(signal)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    const names = left.map((cursor) => `${cursor.sink} (${cursor.pending})`).join(', ')
    const message = `ended before everything was delivered; still waiting: ${names}`
    throw new AuditorError('undelivered', message, { cause: thrown })
  } finally {
    progress.stop()
  }
  await requireNoneRefused(awaited)
}

async function requireNoneRefused({ view, sinks, begun }: Awaited): Promise<void> {
  const refused: string[] = []
  for (const sink of sinks) {
    let count = 0
    for await (const letter of view.deadLetters(sink)) if (letter.at >= begun) count += 1
    if (count > 0) refused.push(`${sink} refused ${count} entries`)
  }
  if (refused.length === 0) return
  const message = `${refused.join(', ')}; see why with: auditor dead-letters list`
  throw new AuditorError('undelivered', message)
}
