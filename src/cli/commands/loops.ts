import { lengthText } from '../../model/time.ts'
import { loopsOf, type Loop } from '../../query/loops.ts'
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
    .summary('what ends and is started again, again and again')
    .description(
      'Lists restart loops, over all containers of a lineage: five ends within five minutes that nobody asked for and that were no finished work. One that was quiet for five minutes is over.',
    )
    .option('--active', 'only those that go on')
    .option('--since <time>', 'ends since', '7d')
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
    .lineages()
    .flatMap(({ id }) => loopsOf(lives.runs({ lineage: id, from, oldestFirst: true }), now))
    .filter(({ resolvedAt }) => options.active !== true || resolvedAt === undefined)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
  await print(context.terminal, options.output, loops, printable, context.signal)
  if (options.exitCode === true && loops.length > 0) context.exitWith(exitCodes.matched)
}

const printable: Printable<Loop> = {
  empty: 'no loops',
  columns: [
    { heading: 'LINEAGE', name: 'lineage', value: ({ lineage }) => lineage.name },
    { heading: 'DEATHS', name: 'deaths', value: ({ deaths }) => deaths },
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
    { heading: 'CAUSES', name: 'causes', value: ({ causes }) => causes.join(' ') },
    { heading: 'EXIT', name: 'exitCodes', value: ({ exitCodes }) => exitCodes.join(' ') },
    { heading: 'IMAGE', name: 'image', value: ({ image }) => image },
    {
      heading: 'STATE',
      name: 'resolvedAt',
      value: ({ resolvedAt }) => resolvedAt?.toString(),
      cell: ({ resolvedAt }) =>
        resolvedAt === undefined ? 'goes on' : `over since ${localMoment(resolvedAt).slice(0, 19)}`,
    },
  ],
}
