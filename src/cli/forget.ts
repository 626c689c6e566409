import { lockDirectory } from '../journal/lock.ts'
import { AuditorError } from '../model/errors.ts'
import { agentSinks } from './agent-sinks.ts'
import type { CommandContext } from './command.ts'
import { journalDir, openAdmin, type JournalOptions } from './journal-access.ts'
import { wrongUsage } from './usage.ts'

export interface ForgetOptions extends JournalOptions {
  readonly listen?: string
  readonly yes?: boolean
}

/**
 * Forgets a sink that nobody delivers to any more: from then on nothing is kept for it alone.
 *
 * @throws AuditorError `usage` where a running agent has it or might have it, where the journal does
 *   not know it, and without `--yes` where something waits for it
 */
export async function forgetSink(
  context: CommandContext,
  sink: string,
  { yes = false, ...options }: ForgetOptions,
): Promise<void> {
  await using admin = await openAdmin(context, options)
  const release = await holdOff(context, sink, options)
  try {
    const cursor = (await admin.cursors()).find((each) => each.sink === sink)
    if (cursor !== undefined && !yes && cursor.pending + cursor.deadLetters > 0) {
      const lost = told(cursor.pending, cursor.deadLetters)
      throw wrongUsage(`${sink} never gets ${lost}: say --yes to forget it all the same`)
    }
    const { pending, deadLetters } = await admin.forget(sink)
    context.terminal.stderr.write(
      `${sink} is forgotten${pending + deadLetters === 0 ? '' : `; it never got ${told(pending, deadLetters)}`}\n`,
    )
  } finally {
    release()
  }
}

const told = (pending: number, deadLetters: number): string =>
  [
    pending > 0 ? `${pending} waiting ${pending === 1 ? 'entry' : 'entries'}` : '',
    deadLetters > 0 ? `${deadLetters} dead ${deadLetters === 1 ? 'letter' : 'letters'}` : '',
  ]
    .filter((text) => text !== '')
    .join(' and ')

/** Keeps agents from beginning meanwhile; a running one is asked whether it has the sink. */
async function holdOff(
  context: CommandContext,
  sink: string,
  options: ForgetOptions,
): Promise<() => void> {
  try {
    return lockDirectory(await journalDir(context, options))
  } catch (thrown) {
    if (!(thrown instanceof AuditorError) || thrown.code !== 'journal-locked') throw thrown
  }
  const sinks = await agentSinks(context, options)
  if (typeof sinks === 'string') {
    throw wrongUsage(
      `an agent holds this journal and can't be asked whether it delivers to ${sink} (${sinks}): ` +
        'stop it, or name its address with --listen',
    )
  }
  if (sinks.has(sink)) {
    throw wrongUsage(
      `the running agent delivers to ${sink}: take it out of the configuration and restart the agent first`,
    )
  }
  return () => undefined
}
