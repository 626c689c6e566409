import { openJournalAdmin, openJournalView } from '../journal/open.ts'
import type { JournalAdmin, JournalView } from '../journal/journal.ts'
import type { CommandContext } from './command.ts'
import { dataDir } from './data-dir.ts'
import { loadFor } from './settings.ts'

/** Options of the commands that ask a journal. */
export interface JournalOptions {
  readonly data?: string
  readonly config?: string
}

/** Reads beside a running agent, or without one. */
export async function openView(
  context: CommandContext,
  options: JournalOptions,
): Promise<JournalView> {
  return openJournalView(await journalDir(context, options))
}

/** Changes cursors and dead letters beside a running agent, which notices. */
export async function openAdmin(
  context: CommandContext,
  options: JournalOptions,
): Promise<JournalAdmin> {
  return openJournalAdmin(await journalDir(context, options))
}

export async function journalDir(
  context: CommandContext,
  options: JournalOptions,
): Promise<string> {
  const { settings } = loadFor(context, options)
  return dataDir(settings.data, context.terminal.environment)
}
