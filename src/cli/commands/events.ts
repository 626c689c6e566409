import { setImmediate } from 'node:timers/promises'
import { encodeEntry } from '../../model/entry-codec.ts'
import type { Sequenced } from '../../model/entry.ts'
import { formatNanos } from '../../model/time.ts'
import { findEvents } from '../../query/events.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine } from '../entry-line.ts'
import { filterArgument } from '../filter-argument.ts'
import { openView } from '../journal-access.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { localMoment } from '../local-time.ts'
import { print, type Printable } from '../output.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { createScanNote } from '../scan-note.ts'
import { wrongUsage } from '../usage.ts'

interface Options extends ListOptions {
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly reverse?: boolean
}

export const registerEvents: RegisterCommand = (program, context) => {
  listOptions(program.command('events'))
    .summary('list what the journal holds')
    .description(
      'Lists what the journal holds, oldest first; no agent is needed, and none is disturbed.',
    )
    .argument('[filter...]', 'filter, e.g. action:die image:"acme/*" (docs/filter.md)')
    .option('--since <time>', 'from here on: 2h, 2026-11-22, "yesterday 09:00", RFC 3339')
    .option('--until <time>', 'up to here')
    .option('--limit <n>', 'at most so many (default: all)', wholeNumber)
    .option('--reverse', 'newest first')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor events --since 2h
  $ auditor events 'action:die OR action:oom' --reverse --limit 20
  $ auditor events 'action:die exit!=0,143 project:shop since:yesterday'
  $ auditor events kind:gap -o ndjson`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const now = context.clock.nowNanos()
  const tree = filterArgument(filter, now)
  const from = options.since === undefined ? undefined : moment('--since', options.since, now)
  const to = options.until === undefined ? undefined : moment('--until', options.until, now)
  if (from !== undefined && to !== undefined && from > to) {
    throw wrongUsage(`--since ${options.since} is after --until ${options.until}`)
  }
  await using view = await openView(context, options)
  const note = createScanNote(context.terminal, context.clock)
  const { firstSeq, lastSeq } = await view.stats()
  const found = findEvents(view, {
    async onLooked(at) {
      await setImmediate() // signals have their turn
      context.signal.throwIfAborted()
      const part = (at - firstSeq) / Math.max(1, lastSeq - firstSeq)
      note.update(options.reverse === true ? 1 - part : part)
    },
    filter: tree,
    now,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(options.limit === undefined || options.limit === 0 ? {} : { limit: options.limit }),
    reverse: options.reverse === true,
  })
  try {
    const quietly = beforeEach(found, () => note.clear())
    await print(context.terminal, options.output, quietly, printable, context.signal)
  } finally {
    note.clear()
  }
}

/** Rows may be written to the same terminal. */
async function* beforeEach<R>(rows: AsyncIterable<R>, act: () => void): AsyncGenerator<R> {
  for await (const row of rows) {
    act()
    yield row
  }
  act()
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
      cell: (entry) => localMoment(entry.time),
    },
    { heading: 'SUBJECT', name: 'subject', value: (entry) => entryLine(entry).subject },
    { heading: 'EVENT', name: 'event', value: (entry) => entryLine(entry).what },
    { heading: 'DETAIL', name: 'detail', value: (entry) => entryLine(entry).detail },
    { heading: 'IMAGE', name: 'image', value: (entry) => entryLine(entry).image },
  ],
}
