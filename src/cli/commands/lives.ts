import { InvalidArgumentError, Option } from 'commander'
import type { RunRow } from '../../lives/run-row.ts'
import { didYouMean } from '../../model/did-you-mean.ts'
import { CAUSES, type Cause } from '../../model/life/life.ts'
import { nanosFromMillis, type Nanoseconds } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import type { JournalOptions } from '../journal-access.ts'
import { openLives, requireLineages } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { duration, moment, wholeNumber } from '../option-types.ts'
import { outputFormats, print, type OutputFormat, type Printable } from '../output.ts'
import { runJson } from '../run-json.ts'
import { exitText, lastedOf, stateOf } from '../run-text.ts'

interface Options extends JournalOptions {
  readonly since?: string
  readonly until?: string
  readonly cause?: readonly Cause[]
  readonly running?: boolean
  readonly longer?: number
  readonly shorter?: number
  readonly limit?: number
  readonly exitCode?: boolean
  readonly output: OutputFormat
}

/** Something matched, and it was asked to be told so. */
const MATCHED = 10

export const registerLives: RegisterCommand = (program, context) => {
  program
    .command('lives')
    .summary('how containers lived and ended')
    .description(
      'Lists runs of containers, from their starts to their ends, with the cause; the newest first.',
    )
    .argument('[name]', 'a container, its id, or what it is a part of: shop/api')
    .option('--since <time>', 'that ran or ended since: 2h, yesterday, RFC 3339')
    .option('--until <time>', 'that had started by then')
    .option('--cause <causes>', `only these: ${CAUSES.join(', ')}`, causes)
    .option('--running', 'only those that run')
    .option('--longer <duration>', 'that lasted at least so long: 1h', duration)
    .option('--shorter <duration>', 'that lasted at most so long: 10s', duration)
    .option('--limit <n>', 'at most so many (default: all)', wholeNumber)
    .option('--exit-code', `exit with ${MATCHED} where there are any`)
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(outputFormats).default('table'),
    )
    .option('--data <dir>', 'where the journal is')
    .option('-c, --config <file>', 'configuration file')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor lives --since yesterday
  $ auditor lives shop/api --cause crashed,oom
  $ auditor lives --cause oom --since 1h --exit-code || echo 'out of memory within the hour'`,
    )
    .action((name: string | undefined, options: Options) => run(context, name, options))
}

function causes(text: string): Cause[] {
  return text.split(',').map((each) => {
    const cause = CAUSES.find((known) => known === each.trim())
    if (cause !== undefined) return cause
    throw new InvalidArgumentError(`unknown cause "${each.trim()}"${didYouMean(each, CAUSES)}`)
  })
}

async function run(
  context: CommandContext,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const now = context.clock.nowNanos()
  using lives = await openLives(context, options)
  const lineages = name === undefined ? [undefined] : requireLineages(lives, name)
  const query = {
    ...(options.since === undefined ? {} : { from: moment('--since', options.since, now) }),
    ...(options.until === undefined ? {} : { to: moment('--until', options.until, now) }),
    ...(options.cause === undefined ? {} : { causes: options.cause }),
    ...(options.running === true ? { isRunning: true } : {}),
  }
  let matched = 0
  function* rows(): Generator<RunRow> {
    for (const lineage of lineages) {
      const found = lives.runs({
        ...query,
        ...(lineage === undefined ? {} : { lineage: lineage.id }),
      })
      for (const row of found) {
        if (!isOfLength(row, options, now)) continue
        if (options.limit !== undefined && options.limit > 0 && matched >= options.limit) return
        matched += 1
        yield row
      }
    }
  }
  await print(context.terminal, options.output, rows(), printable(now), context.signal)
  if (options.exitCode === true && matched > 0) context.exitWith(MATCHED)
}

function isOfLength(row: RunRow, { longer, shorter }: Options, now: Nanoseconds): boolean {
  if (longer === undefined && shorter === undefined) return true
  if (row.startedAt === undefined) return false
  const length = (row.endedAt ?? now) - row.startedAt
  if (longer !== undefined && length < nanosFromMillis(longer)) return false
  return shorter === undefined || length <= nanosFromMillis(shorter)
}

const printable = (now: Nanoseconds): Printable<RunRow> => ({
  empty: 'no such lives',
  json: (row) => runJson(row),
  columns: [
    { heading: 'LINEAGE', name: 'lineage', value: ({ lineage }) => lineage.name },
    { heading: 'RUN', name: 'number', value: ({ number }) => number },
    {
      heading: 'STARTED',
      name: 'started',
      value: ({ startedAt }) => startedAt?.toString(),
      cell: ({ startedAt }) =>
        startedAt === undefined ? '?' : localMoment(startedAt).slice(0, 19),
    },
    {
      heading: 'LASTED',
      name: 'lastedNanos',
      value: ({ startedAt, endedAt }) =>
        startedAt === undefined ? undefined : ((endedAt ?? now) - startedAt).toString(),
      cell: (row) => lastedOf(row, now),
    },
    { heading: 'CAUSE', name: 'cause', value: stateOf },
    { heading: 'EXIT', name: 'exitCode', value: ({ exitCode }) => exitCode, cell: exitText },
    { heading: 'IMAGE', name: 'image', value: ({ container }) => container.image },
    {
      heading: 'CONTAINER',
      name: 'container',
      value: ({ container }) => container.id,
      cell: ({ container }) => container.id.slice(0, 12),
    },
  ],
})
