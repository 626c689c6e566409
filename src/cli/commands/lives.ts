import type { RunRow } from '../../lives/run-row.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { runFilter } from '../filter-argument.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { print, type Printable } from '../output.ts'
import { runJson } from '../run-json.ts'
import { exitText, lastedOf, stateOf } from '../run-text.ts'

interface Options extends ListOptions {
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly exitCode?: boolean
}

export const registerLives: RegisterCommand = (program, context) => {
  listOptions(program.command('lives'))
    .summary('how containers lived and ended')
    .description(
      'Lists runs of containers, from their starts to their ends, with the cause; the newest first.',
    )
    .argument('[filter...]', 'filter, e.g. cause:oom,crashed project:shop (docs/filter.md)')
    .option('--since <time>', 'that ran or ended since: 2h, yesterday, RFC 3339')
    .option('--until <time>', 'that had started by then')
    .option('--limit <n>', 'at most so many (default: all)', wholeNumber)
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor lives --since yesterday
  $ auditor lives shop/api cause:crashed,oom
  $ auditor lives running:true 'lasted>7d'
  $ auditor lives cause:oom --since 1h --exit-code || echo 'out of memory within the hour'`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const now = context.clock.nowNanos()
  const where = runFilter(filter, now)
  const { limit, since, until } = options
  const query = {
    ...(where === undefined ? {} : { where }),
    ...(since === undefined ? {} : { from: moment('--since', since, now) }),
    ...(until === undefined ? {} : { to: moment('--until', until, now) }),
    ...(limit === undefined || limit === 0 ? {} : { limit }),
  }
  using lives = await openLives(context, options)
  let matched = 0
  function* rows(): Generator<RunRow> {
    for (const row of lives.runs(query)) {
      matched += 1
      yield row
    }
  }
  await print(context.terminal, options.output, rows(), printable(now), context.signal)
  if (options.exitCode === true && matched > 0) context.exitWith(exitCodes.matched)
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
