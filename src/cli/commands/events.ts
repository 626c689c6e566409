import { InvalidArgumentError, Option } from 'commander'
import { parseMoment } from '../../config/moment.ts'
import { encodeEntry } from '../../model/entry-codec.ts'
import type { Sequenced } from '../../model/entry.ts'
import { formatNanos } from '../../model/time.ts'
import { findEvents } from '../../query/events.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine } from '../entry-line.ts'
import { filterArgument } from '../filter-argument.ts'
import { openView } from '../journal-access.ts'
import { outputFormats, print, type OutputFormat, type Printable } from '../output.ts'

interface Options {
  readonly data?: string
  readonly config?: string
  readonly since?: string
  readonly until?: string
  readonly limit: number
  readonly reverse?: boolean
  readonly output: OutputFormat
}

export const registerEvents: RegisterCommand = (program, context) => {
  program
    .command('events')
    .summary('list what the journal holds')
    .description(
      'Lists what the journal holds, oldest first; no agent is needed, and none is disturbed.',
    )
    .argument('[filter...]', 'filter, e.g. action:die image:"acme/*" (docs/filter.md)')
    .option('--since <time>', 'from here on: 2h, 2026-11-22, "yesterday 09:00", RFC 3339')
    .option('--until <time>', 'up to here')
    .option('--limit <n>', 'at most so many (0: all)', wholeNumber, 0)
    .option('--reverse', 'newest first')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(outputFormats).default('table'),
    )
    .option('--data <dir>', 'where the journal is')
    .option('-c, --config <file>', 'configuration file')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor events --since 2h
  $ auditor events 'action:die OR action:oom' --reverse --limit 20
  $ auditor events kind:gap -o ndjson`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const accepts = filterArgument(filter)
  const now = context.clock.nowNanos()
  await using view = await openView(context, options)
  const found = findEvents(view, {
    ...(accepts === undefined ? {} : { accepts }),
    ...(options.since === undefined ? {} : { from: moment('--since', options.since, now) }),
    ...(options.until === undefined ? {} : { to: moment('--until', options.until, now) }),
    ...(options.limit === 0 ? {} : { limit: options.limit }),
    reverse: options.reverse === true,
  })
  await print(context.terminal, options.output, found, printable)
}

const printable: Printable<Sequenced> = {
  empty: 'no such events in the journal',
  // The written form, with the entry's place before it.
  json: (entry) => `{"seq":${entry.seq},${encodeEntry(entry).slice(1)}`,
  columns: [
    { heading: 'SEQ', name: 'seq', value: (entry) => entry.seq },
    {
      heading: 'TIME',
      name: 'time',
      value: (entry) => formatNanos(entry.time),
      cell: (entry) => formatNanos(entry.time).slice(0, -7).replace('T', ' '),
    },
    { heading: 'SUBJECT', name: 'subject', value: (entry) => entryLine(entry).subject },
    { heading: 'EVENT', name: 'event', value: (entry) => entryLine(entry).what },
    { heading: 'DETAIL', name: 'detail', value: (entry) => entryLine(entry).detail },
    { heading: 'IMAGE', name: 'image', value: (entry) => entryLine(entry).image },
  ],
}

export function moment(option: string, text: string, now: bigint): bigint {
  try {
    return parseMoment(text, now)
  } catch (thrown) {
    throw new InvalidArgumentError(`${option} ${text}: ${(thrown as Error).message}`)
  }
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('expected a whole number, 0 or more')
  }
  return value
}
