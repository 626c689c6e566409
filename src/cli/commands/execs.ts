import type { ExecRow } from '../../lives/exec-row.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { beganAt, commandText, execExit, execLasted, execState } from '../exec-text.ts'
import { exitCodes } from '../exit-codes.ts'
import { execFilter } from '../filter-argument.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives, requireLineages } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { print, type Printable } from '../output.ts'
import { exactText } from '../../model/exact-json.ts'

interface Options extends ListOptions {
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
    .argument('[filter...]', 'a name or a filter, e.g. shop/db who:person (docs/filter.md)')
    .option('--since <time>', 'that began or ended since, or are open: 2h, yesterday, RFC 3339')
    .option('--until <time>', 'that had begun by then')
    .option('--limit <n>', 'at most so many (default: all)', wholeNumber)
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor execs --since yesterday
  $ auditor execs shop/db
  $ auditor execs who:person 'exit!=0' 'command:*sh*'
  $ auditor execs label.team:pay 'lasted>10m'
  $ auditor execs who:person --since 1h --exit-code || echo 'somebody was in a container'`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const now = context.clock.nowNanos()
  const asked = execFilter(filter, now)
  const { limit, since, until } = options
  const query = {
    ...(asked === undefined ? {} : { where: asked.where }),
    ...(since === undefined ? {} : { from: moment('--since', since, now) }),
    ...(until === undefined ? {} : { to: moment('--until', until, now) }),
    ...(limit === undefined || limit === 0 ? {} : { limit }),
  }
  using lives = await openLives(context, options)
  let matched = 0
  function* rows(): Generator<ExecRow> {
    for (const row of lives.execs(query)) {
      matched += 1
      yield row
    }
    // A name that is mistyped must not pass for one in which nothing was run.
    if (matched === 0 && asked?.name !== undefined) requireLineages(lives, asked.name)
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
      cell: ({ command }) => commandText(command),
    },
  ],
})
