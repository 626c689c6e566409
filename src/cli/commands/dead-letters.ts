import { encodeEntry } from '../../model/entry-codec.ts'
import type { DeadLetter } from '../../model/delivery.ts'
import { formatNanos } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine } from '../entry-line.ts'
import { openAdmin, openView, type JournalOptions } from '../journal-access.ts'
import { journalOptions, listOptions, type ListOptions } from '../journal-options.ts'
import { localMoment } from '../local-time.ts'
import { print, type Printable } from '../output.ts'
import { wrongUsage } from '../usage.ts'
import { wholeNumber } from '../option-types.ts'

interface ChangeOptions extends JournalOptions {
  readonly seq?: readonly number[]
  readonly yes?: boolean
}

export const registerDeadLetters: RegisterCommand = (program, context) => {
  const group = program
    .command('dead-letters')
    .summary('what sinks refused: list, retry, drop')
    .description(
      'Entries that a sink refused, kept with its reason until somebody retries or drops them. ' +
        'Without a command: list.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor dead-letters list
  $ auditor dead-letters retry elasticsearch
  $ auditor dead-letters drop elasticsearch --seq 4711`,
    )
  listOptions(group.command('list').description('Lists them, with the reason.'))
    .argument('[sink]', 'only this sink')
    .action((sink: string | undefined, options: ListOptions) => list(context, sink, options))
  journalOptions(group.command('retry').description('Gives them to their sink once more.'))
    .argument('<sink>', 'the sink')
    .option('--seq <n...>', 'only these', several)
    .action((sink: string, options: ChangeOptions) => change(context, 'retry', sink, options))
  journalOptions(group.command('drop').description('Drops them; the journal keeps its entries.'))
    .argument('<sink>', 'the sink')
    .option('--seq <n...>', 'only these', several)
    .option('--yes', 'all of them, when no --seq is given')
    .action((sink: string, options: ChangeOptions) => change(context, 'drop', sink, options))
}

const several = (text: string, before: readonly number[] = []): readonly number[] => [
  ...before,
  wholeNumber(text),
]

async function list(
  context: CommandContext,
  sink: string | undefined,
  options: ListOptions,
): Promise<void> {
  await using view = await openView(context, options)
  await print(context.terminal, options.output, view.deadLetters(sink), printable, context.signal)
}

const printable: Printable<DeadLetter> = {
  empty: 'no dead letters',
  json: (letter) =>
    `{"sink":${JSON.stringify(letter.sink)},"seq":${letter.seq},"at":"${letter.at}",` +
    `"reason":${JSON.stringify(letter.reason)},"entry":${encodeEntry(letter.entry)}}`,
  columns: [
    { heading: 'SINK', name: 'sink', value: (letter) => letter.sink },
    { heading: 'SEQ', name: 'seq', value: (letter) => letter.seq },
    {
      heading: 'REFUSED AT',
      name: 'at',
      value: (letter) => formatNanos(letter.at),
      cell: (letter) => localMoment(letter.at),
    },
    {
      heading: 'ENTRY',
      name: 'entry',
      value: ({ entry }) => `${entryLine(entry).subject} ${entryLine(entry).what}`,
    },
    { heading: 'REASON', name: 'reason', value: (letter) => letter.reason },
  ],
}

async function change(
  context: CommandContext,
  what: 'retry' | 'drop',
  sink: string,
  { seq, yes, ...options }: ChangeOptions,
): Promise<void> {
  if (what === 'drop' && seq === undefined && yes !== true) {
    throw wrongUsage(`this drops all dead letters of ${sink}: say which with --seq, or --yes`)
  }
  await using admin = await openAdmin(context, options)
  const count = await (what === 'retry'
    ? admin.retryDeadLetters(sink, seq)
    : admin.dropDeadLetters(sink, seq))
  const done = what === 'retry' ? `will be given to ${sink} again` : 'dropped'
  context.terminal.stderr.write(`${count} dead ${count === 1 ? 'letter' : 'letters'} ${done}\n`)
}
