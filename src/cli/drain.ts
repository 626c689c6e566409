import type { Auditor } from '../agent/auditor.ts'
import { createAuditor } from '../agent/auditor.ts'
import { partsOf } from '../agent/from-settings.ts'
import { openJournal } from '../journal/open.ts'
import type { Cursor, JournalView } from '../journal/journal.ts'
import { AuditorError } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import { dataDir } from './data-dir.ts'
import { openView, type JournalOptions } from './journal-access.ts'
import { createLogger } from './logger.ts'
import { createProgress } from './progress.ts'
import { loadFor } from './settings.ts'

const LOOK_EVERY_MS = 500

/**
 * Waits until sinks have everything the journal holds. Where an agent runs, it does the delivering;
 * otherwise this process does, with the configured sinks.
 *
 * @throws AuditorError `undelivered` where it was ended before
 */
export async function drainSinks(
  context: CommandContext,
  sink: string | undefined,
  options: JournalOptions,
): Promise<void> {
  await using auditor = await deliverHere(context, options)
  if (auditor === undefined)
    context.terminal.stderr.write('a running agent delivers; waiting for it\n')
  await auditor?.start()
  await using view = await openView(context, options)
  await untilEmpty(context, view, sink)
}

/** An auditor without engines; `undefined` where an agent holds the journal. */
async function deliverHere(
  context: CommandContext,
  options: JournalOptions,
): Promise<Auditor | undefined> {
  const { terminal } = context
  const { settings } = loadFor(context, options)
  const log = createLogger(settings.log, terminal)
  try {
    const dir = dataDir(settings.data, terminal.environment)
    const onFatal = (error: Error): void =>
      log.error({ err: error }, `the journal failed: ${error.message}`)
    const journal = await openJournal({ dir, log, onFatal })
    return createAuditor({ ...partsOf(settings, terminal.environment), engines: [], journal, log })
  } catch (thrown) {
    if (thrown instanceof AuditorError && thrown.code === 'journal-locked') return undefined
    throw thrown
  }
}

/** Shows how far the sinks are until nothing waits. */
export async function untilEmpty(
  { terminal, clock, signal }: CommandContext,
  view: Pick<JournalView, 'cursors'>,
  sink: string | undefined,
): Promise<void> {
  const progress = createProgress(terminal, clock, sink ?? 'sinks', 'entries')
  let most = 0
  let left: readonly Cursor[] = []
  try {
    for (;;) {
      const cursors = (await view.cursors()).filter(
        (each) => sink === undefined || each.sink === sink,
      )
      if (cursors.length === 0) {
        throw new AuditorError(
          'usage',
          sink === undefined ? 'no sink has used this journal yet' : `no sink is called ${sink}`,
        )
      }
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
    throw new AuditorError('undelivered', `ended before everything was delivered: ${names}`)
  } finally {
    progress.stop()
  }
}
