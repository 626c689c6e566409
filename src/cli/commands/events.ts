import { setImmediate } from 'node:timers/promises'
import { encodeEntry } from '../../model/entry-codec.ts'
import { compileFilter } from '../../filter/compile.ts'
import { openFollowed, type FollowedJournal } from '../../journal/followed.ts'
import type { Sequenced } from '../../model/entry.ts'
import { asError } from '../../model/errors.ts'
import { formatNanos } from '../../model/time.ts'
import { findEvents } from '../../query/events.ts'
import { followJournal } from '../../query/follow.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine } from '../entry-line.ts'
import { exitCodes } from '../exit-codes.ts'
import { filterArgument } from '../filter-argument.ts'
import { journalDir } from '../journal-access.ts'
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
  readonly follow?: boolean
  readonly exitCode?: boolean
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
    .option('-f, --follow', 'go on with what is recorded from now on, until ended by Ctrl-C')
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor events --since 2h
  $ auditor events 'action:die OR action:oom' --reverse --limit 20
  $ auditor events 'action:die exit!=0,143 project:shop since:yesterday'
  $ auditor events kind:gap -o ndjson
  $ auditor events --follow kind:life 'NOT cause:completed,stopped'
  $ auditor events action:oom --since 1h --limit 1 --exit-code || echo 'out of memory within the hour'`,
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
  requireFollowable(options)
  await using view = await openFollowed(await journalDir(context, options))
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
    // What comes meanwhile is told by following.
    ...(options.follow === true ? { accepts: ({ seq }: Sequenced) => seq <= lastSeq } : {}),
  })
  let matched = 0
  async function* counted(rows: AsyncIterable<Sequenced>): AsyncGenerator<Sequenced> {
    for await (const row of rows) {
      note.clear() // rows may be written to the same terminal
      matched += 1
      yield row
    }
    note.clear()
  }
  try {
    if (options.follow === true) {
      const passes = compileFilter(tree, now)
      const wanted = (entry: Sequenced): boolean =>
        passes(entry) && (from === undefined || entry.time >= from)
      const history = from === undefined ? none() : found
      const rows = withNews(context, view, history, {
        after: lastSeq,
        wanted,
        limit: options.limit,
      })
      // Ended by hand is how it ends: what was begun is printed to its end.
      await print(context.terminal, options.output, counted(rows), { ...printable, isLive: true }, never) // prettier-ignore
    } else {
      await print(context.terminal, options.output, counted(found), printable, context.signal)
    }
  } finally {
    note.clear()
  }
  if (options.exitCode === true && matched > 0) context.exitWith(exitCodes.matched)
}

const never = new AbortController().signal

async function* none(): AsyncGenerator<Sequenced> {}

function requireFollowable({ follow, until, reverse }: Options): void {
  if (follow !== true) return
  if (until !== undefined) throw wrongUsage('--follow has no end, so it goes without --until')
  if (reverse === true) throw wrongUsage('--follow goes on with the newest, so it goes without --reverse') // prettier-ignore
}

/** What there was, then what is recorded while it looks on. */
async function* withNews(
  { clock, signal, terminal }: CommandContext,
  view: FollowedJournal,
  history: AsyncIterable<Sequenced>,
  asked: {
    readonly after: number
    readonly wanted: (entry: Sequenced) => boolean
    readonly limit: number | undefined
  },
): AsyncGenerator<Sequenced> {
  const { after, wanted, limit = 0 } = asked
  let given = 0
  for await (const entry of history) {
    if (signal.aborted) return
    yield entry
    given += 1
  }
  if (given === limit && limit > 0) return
  const onMissed = (count: number): void =>
    void terminal.stderr.write(`${count} entries were pruned, or can't be read, before they were shown\n`) // prettier-ignore
  const onUnreadable = (error: unknown): void =>
    void terminal.stderr.write(
      `${asError(error).message}; waiting for a journal that can be read\n`,
    )
  const onReplaced = (): void =>
    void terminal.stderr.write('the journal was set aside and another begun, which this goes on with (why: auditor events marker:journal-begun)\n') // prettier-ignore
  const options = { after, clock, signal, onMissed, onUnreadable, onReplaced }
  for await (const entry of followJournal(view, options)) {
    if (!wanted(entry)) continue
    yield entry
    given += 1
    if (given === limit) return
  }
}

const printable: Printable<Sequenced> = {
  empty: 'no such events in the journal',
  // The written form, with the entry's place before it.
  json: (entry) => `{"seq":${entry.seq},${encodeEntry(entry).slice(1)}`,
  columns: [
    { heading: 'SEQ', width: 8, name: 'seq', value: (entry) => entry.seq },
    {
      heading: 'TIME',
      width: 23,
      name: 'time',
      value: (entry) => formatNanos(entry.time),
      cell: (entry) => localMoment(entry.time),
    },
    { heading: 'SUBJECT', width: 24, name: 'subject', value: (entry) => entryLine(entry).subject },
    { heading: 'EVENT', width: 12, name: 'event', value: (entry) => entryLine(entry).what },
    { heading: 'DETAIL', width: 48, name: 'detail', value: (entry) => entryLine(entry).detail },
    { heading: 'IMAGE', name: 'image', value: (entry) => entryLine(entry).image },
  ],
}
