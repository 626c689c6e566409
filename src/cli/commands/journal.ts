import { lockDirectory } from '../../journal/lock.ts'
import { createLivesMaker } from '../../lives/maker.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { journalDir, openView, type JournalOptions } from '../journal-access.ts'
import { journalOptions } from '../journal-options.ts'
import { createProgress } from '../progress.ts'

export const registerJournal: RegisterCommand = (program, context) => {
  const journal = program
    .command('journal')
    .summary('look after the journal')
    .description('Looks after what a data directory holds.')
  journalOptions(journal.command('rebuild'))
    .summary('make lives and causes anew from the journal')
    .description(
      'Throws away what was put together from the journal (lives.db) and makes it anew: the same entries give the same lives. The journal itself is only read. Not while an agent runs there.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor journal rebuild --data /srv/auditor`,
    )
    .action((options: JournalOptions) => rebuild(context, options))
}

async function rebuild(context: CommandContext, options: JournalOptions): Promise<void> {
  const { terminal, clock, signal } = context
  const dir = await journalDir(context, options)
  const { firstSeq, lastSeq } = await statsOf(context, options)
  const release = lockDirectory(dir)
  const progress = createProgress(terminal, clock, 'rebuild', 'entries')
  let taken = 0
  try {
    const maker = createLivesMaker(dir, true)
    try {
      for (;;) {
        signal.throwIfAborted()
        const step = maker.step(clock.monotonic())
        if (!step.more) break
        taken += step.taken
        progress.update(taken, lastSeq - firstSeq + 1)
        await clock.sleep(0, signal)
      }
    } finally {
      maker.close()
    }
  } finally {
    progress.stop()
    release()
  }
  terminal.stderr.write(`lives made anew from ${taken} entries\n`)
}

async function statsOf(
  context: CommandContext,
  options: JournalOptions,
): Promise<{ readonly firstSeq: number; readonly lastSeq: number }> {
  await using view = await openView(context, options)
  return view.stats()
}
