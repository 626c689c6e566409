import { Option } from 'commander'
import type { ExecRow } from '../../lives/exec-row.ts'
import { EXECUTORS, type Executor } from '../../model/life/exec-word.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { beganAt, commandText, execExit, execLasted, execState } from '../exec-text.ts'
import { exitCodes } from '../exit-codes.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives, requireLineages } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { print, type Printable } from '../output.ts'
import { exactText } from '../../model/exact-json.ts'

interface Options extends ListOptions {
  readonly who?: Executor
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly exitCode?: boolean
}

export const registerExecs: RegisterCommand = (program, context) => {
  listOptions(program.command('execs'))
    .summary('commands that were run in containers')
    .description(
      'Lists commands that were run in containers (docker exec), with how long they ran and their exit codes; the newest first. Engines do not record which user ran them.',
    )
    .argument('[name]', 'a container, its id, or what it is a part of: shop/api, web.2')
    .addOption(new Option('--who <who>', 'only those of').choices(EXECUTORS))
    .option('--since <time>', 'that began or ended since, or are open: 2h, yesterday, RFC 3339')
    .option('--until <time>', 'that had begun by then')
    .option('--limit <n>', 'at most so many (default: all)', wholeNumber)
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor execs --since yesterday
  $ auditor execs shop/db --who person
  $ auditor execs --who person --since 1h --exit-code || echo 'somebody was in a container'`,
    )
    .action((name: string | undefined, options: Options) => run(context, name, options))
}

async function run(
  context: CommandContext,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const now = context.clock.nowNanos()
  const { who, limit, since, until } = options
  const from = since === undefined ? {} : { from: moment('--since', since, now) }
  const to = until === undefined ? {} : { to: moment('--until', until, now) }
  using lives = await openLives(context, options)
  const query = {
    ...(name === undefined ? {} : { lineages: requireLineages(lives, name).map(({ id }) => id) }),
    ...(who === undefined ? {} : { who }),
    ...from,
    ...to,
    ...(limit === undefined || limit === 0 ? {} : { limit }),
  }
  let matched = 0
  function* rows(): Generator<ExecRow> {
    for (const row of lives.execs(query)) {
      matched += 1
      yield row
    }
  }
  await print(context.terminal, options.output, rows(), printable(now), context.signal)
  if (options.exitCode === true && matched > 0) context.exitWith(exitCodes.matched)
}

const printable = (now: Nanoseconds): Printable<ExecRow> => ({
  empty: 'no such execs',
  json: exactText,
  columns: [
    {
      heading: 'BEGAN',
      name: 'began',
      value: (row) => beganAt(row)?.toString(),
      cell: (row) => {
        const began = beganAt(row)
        return began === undefined ? '?' : localMoment(began).slice(0, 19)
      },
    },
    {
      heading: 'LINEAGE',
      name: 'lineage',
      value: ({ lineage, container }) => lineage?.name ?? container.name,
    },
    { heading: 'WHO', name: 'who', value: ({ who }) => who },
    {
      heading: 'LASTED',
      name: 'lastedNanos',
      value: ({ startedAt, endedAt }) =>
        startedAt === undefined || endedAt === undefined
          ? undefined
          : (endedAt - startedAt).toString(),
      cell: (row) => execLasted(row, now),
    },
    { heading: 'EXIT', name: 'exitCode', value: ({ exitCode }) => exitCode, cell: execExit },
    { heading: 'STATE', name: 'state', value: ({ state }) => state, cell: execState },
    {
      heading: 'CONTAINER',
      name: 'container',
      value: ({ container }) => container.id,
      cell: ({ container }) => container.id.slice(0, 12),
    },
    {
      heading: 'COMMAND',
      name: 'command',
      value: ({ command }) => command,
      cell: commandText,
    },
  ],
})
