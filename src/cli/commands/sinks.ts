import { Option } from 'commander'
import type { Cursor } from '../../journal/journal.ts'
import { AuditorError } from '../../model/errors.ts'
import { formatNanos } from '../../model/time.ts'
import { agentSinks, type AgentSink } from '../agent-sinks.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { drainSinks } from '../drain.ts'
import { openAdmin, openView, type JournalOptions } from '../journal-access.ts'
import { outputFormats, print, type OutputFormat, type Printable } from '../output.ts'
import { seqBefore } from '../../query/places.ts'
import { journalOptions } from './dead-letters.ts'
import { moment, wholeNumber } from './events.ts'

interface ListOptions extends JournalOptions {
  readonly output: OutputFormat
}

interface RewindOptions extends JournalOptions {
  readonly to?: number
  readonly since?: string
}

export const registerSinks: RegisterCommand = (program, context) => {
  const group = program
    .command('sinks')
    .description('How far each sink is, and ways to move it.')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor sinks list
  $ auditor sinks rewind elasticsearch --since 2026-11-01
  $ auditor sinks drain --timeout 5m`,
    )
  journalOptions(group.command('list', { isDefault: true }).description('Lag, state, last error.'))
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(outputFormats).default('table'),
    )
    .action((options: ListOptions) => list(context, options))
  journalOptions(
    group.command('rewind').description('Delivers again what the journal still holds.'),
  )
    .argument('<sink>', 'the sink')
    .option('--to <seq>', 'what comes after this entry; 0: everything', wholeNumber)
    .option('--since <time>', 'what happened since: 2h, 2026-11-22, RFC 3339')
    .action((sink: string, options: RewindOptions) => rewind(context, sink, options))
  journalOptions(
    group
      .command('drain')
      .description('Waits until sinks have everything, delivering itself if no agent runs.'),
  )
    .argument('[sink]', 'only this sink')
    .action((sink: string | undefined, options: JournalOptions) =>
      drainSinks(context, sink, options),
    )
}

type Row = Cursor & Partial<AgentSink>

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  await using view = await openView(context, options)
  const live = await agentSinks(context, options)
  const rows = (await view.cursors()).map((cursor): Row => ({
    ...cursor,
    ...live?.get(cursor.sink),
  }))
  if (live === undefined) context.terminal.stderr.write('no agent answers: states are not known\n')
  await print(context.terminal, options.output, rows, printable)
}

const printable: Printable<Row> = {
  empty: 'no sink has used this journal yet',
  columns: [
    { heading: 'SINK', name: 'sink', value: (row) => row.sink },
    { heading: 'STATE', name: 'state', value: (row) => row.state, cell: (row) => row.state ?? '-' },
    { heading: 'CONFIRMED', name: 'confirmed', value: (row) => row.confirmed },
    { heading: 'WAITING', name: 'pending', value: (row) => row.pending },
    {
      heading: 'OLDEST WAITING',
      name: 'oldestPending',
      value: ({ oldestPending }) =>
        oldestPending === undefined ? null : formatNanos(oldestPending),
    },
    { heading: 'DEAD LETTERS', name: 'deadLetters', value: (row) => row.deadLetters },
    { heading: 'DROPPED', name: 'dropped', value: (row) => row.dropped },
    { heading: 'LAST ERROR', name: 'lastError', value: (row) => row.lastError },
  ],
}

async function rewind(
  context: CommandContext,
  sink: string,
  { to, since, ...options }: RewindOptions,
): Promise<void> {
  if ((to === undefined) === (since === undefined)) {
    throw new AuditorError('usage', 'say where to: either --to SEQ or --since TIME')
  }
  await using admin = await openAdmin(context, options)
  const seq = to ?? (await seqBefore(admin, moment('--since', since!, context.clock.nowNanos())))
  await admin.rewind(sink, seq)
  const cursor = (await admin.cursors()).find((each) => each.sink === sink)
  context.terminal.stderr.write(
    `${sink} is at ${seq} now: ${cursor?.pending ?? 0} entries will be delivered again\n`,
  )
}
