import { lengthText } from '../../model/time.ts'
import type { StreakRow } from '../../lives/streak-row.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { moment } from '../option-types.ts'
import { print, type Printable } from '../output.ts'

interface Options extends ListOptions {
  readonly active?: boolean
  readonly since: string
  readonly exitCode?: boolean
}

export const registerLoops: RegisterCommand = (program, context) => {
  listOptions(program.command('loops'))
    .summary('what ends, or changes its health, again and again')
    .description(
      'Lists restart loops, over all containers of a lineage: five ends within five minutes that nobody asked for and that were no finished work; and health that flaps: four changes between healthy and unhealthy within a quarter of an hour. What was heard to be quiet for as long is over; while no agent listens nothing is.',
    )
    .option('--active', 'only those that are not over')
    .option('--since <time>', 'what came last since', '7d')
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor loops
  $ auditor loops --active --exit-code`,
    )
    .action((options: Options) => run(context, options))
}

async function run(context: CommandContext, options: Options): Promise<void> {
  const now = context.clock.nowNanos()
  const from = moment('--since', options.since, now)
  using lives = await openLives(context, options)
  const loops = lives
    .streaks({ from })
    .filter(({ resolvedAt }) => options.active !== true || resolvedAt === undefined)
  await print(context.terminal, options.output, loops, printable, context.signal)
  if (options.exitCode === true && loops.length > 0) context.exitWith(exitCodes.matched)
}

const printable: Printable<StreakRow> = {
  empty: 'no loops',
  columns: [
    { heading: 'LINEAGE', name: 'lineage', value: ({ lineage }) => lineage },
    { heading: 'FINDING', name: 'finding', value: ({ finding }) => finding },
    { heading: 'TIMES', name: 'count', value: ({ count }) => count },
    {
      heading: 'SINCE',
      name: 'from',
      value: ({ from }) => String(from),
      cell: ({ from }) => localMoment(from).slice(0, 19),
    },
    {
      heading: 'FOR',
      name: 'forNanos',
      value: ({ from, to }) => String(to - from),
      cell: ({ from, to }) => lengthText(to - from),
    },
    { heading: 'HOW', name: 'how', value: ({ words }) => words.join('; ') },
    { heading: 'IMAGE', name: 'image', value: ({ image }) => image },
    {
      heading: 'STATE',
      name: 'resolvedAt',
      value: ({ resolvedAt }) => resolvedAt?.toString(),
      cell: ({ resolvedAt }) =>
        resolvedAt === undefined
          ? 'not over'
          : `over since ${localMoment(resolvedAt).slice(0, 19)}`,
    },
  ],
}
