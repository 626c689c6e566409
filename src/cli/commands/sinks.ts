import { agentSinks } from '../agent-sinks.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { drainSinks, type DrainOptions } from '../drain.ts'
import { forgetSink, type ForgetOptions } from '../forget.ts'
import { openAdmin, openView, type JournalOptions } from '../journal-access.ts'
import { journalOptions, listOptions, type ListOptions } from '../journal-options.ts'
import { print } from '../output.ts'
import { sinksTable, type SinkRow } from '../sinks-table.ts'
import { seqBefore } from '../../query/places.ts'
import { looksLikeUri, wrongUsage } from '../usage.ts'
import { duration, moment, wholeNumber } from '../option-types.ts'

interface StateOptions extends ListOptions {
  readonly listen?: string
}

interface RewindOptions extends JournalOptions {
  readonly to?: number
  readonly since?: string
}

export const registerSinks: RegisterCommand = (program, context) => {
  const group = program
    .command('sinks')
    .summary('how far each sink is; send again, wait until empty, forget')
    .description('How far each sink is, and ways to move it. Without a command: list.')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor sinks list
  $ auditor sinks rewind elasticsearch --since 2026-11-01
  $ auditor sinks drain --timeout 5m
  $ auditor sinks drain logstash://logs:5959 --data /srv/auditor
  $ auditor sinks forget old-search --yes`,
    )
  listOptions(group.command('list').description('Lag, state, last error.'))
    .option('--listen <address>', 'where the agent listens, which knows the states')
    .action((options: StateOptions) => list(context, options))
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
      .description(
        'Waits until sinks have everything, delivering itself if no agent runs. Exit 6 where it was ended before.',
      ),
  )
    .argument('[sink...]', 'only these, by name; URIs of sinks that no configuration names')
    .option('--timeout <duration>', 'give up after so long: 30s, 5m (default: never)', duration)
    .action((sinks: string[], options: DrainOptions) =>
      drainSinks(
        context,
        sinks.filter((sink) => !looksLikeUri(sink)),
        sinks.filter(looksLikeUri),
        options,
      ),
    )
  journalOptions(
    group
      .command('forget')
      .description(
        'Forgets a sink that is not used any more: nothing is kept for it, and its dead letters go. ' +
          'Refused while a running agent delivers to it.',
      ),
  )
    .argument('<sink>', 'the sink')
    .option('--listen <address>', 'where the agent listens, which knows its sinks')
    .option('--yes', 'although entries or dead letters wait for it')
    .action((sink: string, options: ForgetOptions) => forgetSink(context, sink, options))
}

async function list(context: CommandContext, options: StateOptions): Promise<void> {
  await using view = await openView(context, options)
  const live = await agentSinks(context, options)
  const agents = typeof live === 'string' ? undefined : live
  const rows = (await view.cursors()).map((cursor): SinkRow => {
    const agent = agents?.get(cursor.sink)
    const unserved = agents !== undefined && agent === undefined
    return { ...cursor, unserved, ...(agent === undefined ? {} : { agent }) }
  })
  if (typeof live === 'string') context.terminal.stderr.write(`${live}: states are not known\n`)
  const table = sinksTable(context.clock.nowNanos())
  await print(context.terminal, options.output, rows, table, context.signal)
}

async function rewind(
  context: CommandContext,
  sink: string,
  { to, since, ...options }: RewindOptions,
): Promise<void> {
  if ((to === undefined) === (since === undefined)) {
    throw wrongUsage('say where to: either --to SEQ or --since TIME')
  }
  await using admin = await openAdmin(context, options)
  const seq = to ?? (await seqBefore(admin, moment('--since', since!, context.clock.nowNanos())))
  await admin.rewind(sink, seq)
  const cursor = (await admin.cursors()).find((each) => each.sink === sink)
  context.terminal.stderr.write(
    `${sink} is at ${seq} now: ${cursor?.pending ?? 0} entries will be delivered\n`,
  )
}
