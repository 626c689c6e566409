import { InvalidArgumentError } from 'commander'
import { STATS_KEYS, type StatsKey, type StatsRow } from '../../lives/stats.ts'
import { didYouMean } from '../../model/did-you-mean.ts'
import { CAUSES } from '../../model/life/life.ts'
import { lengthText, type Nanoseconds } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { runFilter } from '../filter-argument.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives } from '../lives-access.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { print, type Printable } from '../output.ts'
import { wrongUsage } from '../usage.ts'

interface Options extends ListOptions {
  readonly by: readonly StatsKey[]
  readonly since: string
  readonly until?: string
  readonly top: number
}

/** Parts of the trend. */
const PARTS = 12

export const registerStats: RegisterCommand = (program, context) => {
  listOptions(program.command('stats'))
    .summary('how many runs ended, and of what')
    .description(
      'Counts runs of containers that ended, by image, cause, exit code and more, with how long they lasted. ' +
        'Over two days and more, and without a filter, from what was counted for each hour: then lengths are within 3 % (~).',
    )
    .argument('[filter...]', 'filter of runs, e.g. project:shop (docs/filter.md)')
    .option('--by <keys>', `group by these: ${STATS_KEYS.join(', ')}`, keys, ['image'])
    .option('--since <time>', 'that ended since', '7d')
    .option('--until <time>', 'that ended by then')
    .option('--top <n>', 'the largest so many groups (0: all)', wholeNumber, 20)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor stats --since 7d
  $ auditor stats --by service,cause --since yesterday 'lasted<1m'
  $ auditor stats --by hour -o csv`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

function keys(text: string): StatsKey[] {
  return text.split(',').map((each) => {
    const key = STATS_KEYS.find((known) => known === each.trim())
    if (key !== undefined) return key
    const message = `can't count by "${each.trim()}"${didYouMean(each, STATS_KEYS)}`
    throw new InvalidArgumentError(`${message} (known: ${STATS_KEYS.join(', ')})`)
  })
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const now = context.clock.nowNanos()
  const from = moment('--since', options.since, now)
  const to = options.until === undefined ? now : moment('--until', options.until, now)
  if (from > to) throw wrongUsage(`--since ${options.since} is after --until ${options.until}`)
  const where = runFilter(filter, now)
  using lives = await openLives(context, options)
  const asked = { by: options.by, from, to, parts: PARTS }
  const found = lives.stats(where === undefined ? asked : { ...asked, where })
  const rows = options.top === 0 ? found : found.slice(0, options.top)
  await print(context.terminal, options.output, rows, printable(options.by, rows), context.signal)
  const left = found.length - rows.length
  if (left > 0 && options.output === 'table') {
    context.terminal.stderr.write(`${left} more groups: --top 0 shows all\n`)
  }
}

/** Causes that nothing ended of have no column in a table. */
function printable(by: readonly StatsKey[], rows: readonly StatsRow[]): Printable<StatsRow> {
  const causes = CAUSES.filter((cause) => rows.some((row) => (row.causes[cause] ?? 0) > 0))
  return {
    empty: 'no run ended in that time',
    json: ({ key, runs, causes: counts, median, p95, isApproximate, trend }) =>
      JSON.stringify({
        ...key,
        runs,
        causes: counts,
        ...(median === undefined ? {} : { medianNanos: String(median) }),
        ...(p95 === undefined ? {} : { p95Nanos: String(p95) }),
        ...(isApproximate === true ? { approximate: true } : {}),
        trend,
      }),
    columns: [
      ...by.map((name) => ({
        heading: name.toUpperCase(),
        name,
        value: ({ key }: StatsRow) => key[name] ?? '-',
      })),
      { heading: 'RUNS', name: 'runs', value: ({ runs }) => runs },
      ...(by.includes('cause') ? [] : causes).map((cause) => ({
        heading: cause.toUpperCase(),
        name: cause,
        value: (row: StatsRow) => row.causes[cause] ?? 0,
      })),
      {
        heading: 'MEDIAN',
        name: 'medianNanos',
        value: ({ median }) => median?.toString(),
        cell: ({ median, isApproximate }) => cellOf(median, isApproximate),
      },
      {
        heading: 'P95',
        name: 'p95Nanos',
        value: ({ p95 }) => p95?.toString(),
        cell: ({ p95, isApproximate }) => cellOf(p95, isApproximate),
      },
      { heading: 'TREND', name: 'trend', value: ({ trend }) => sparkline(trend) },
    ],
  }
}

function cellOf(length: Nanoseconds | undefined, isApproximate = false): string {
  return length === undefined ? '' : `${isApproximate ? '~' : ''}${lengthText(length)}`
}

const BARS = '▁▂▃▄▅▆▇█'

function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts)
  return counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))]).join('')
}
