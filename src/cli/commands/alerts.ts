import type { AlertRule } from '../../config/alert-rules.ts'
import { formatDuration } from '../../config/units.ts'
import { requireFilter } from '../../filter/compile.ts'
import type { AlertEntry } from '../../model/alert.ts'
import type { Nanoseconds } from '../../model/time.ts'
import { findEvents } from '../../query/events.ts'
import { testAlerts, type TestOptions } from '../alerts-test.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { openView } from '../journal-access.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { localMoment } from '../local-time.ts'
import { moment } from '../option-types.ts'
import { print, type Printable } from '../output.ts'
import { loadFor } from '../settings.ts'

interface Options extends ListOptions {
  readonly since: string
}

interface Row {
  readonly name: string
  /** Not given where no rule is called so any more. */
  readonly rule?: AlertRule
  /** Whom it fires for now. */
  readonly firing: readonly string[]
  readonly fired: number
  readonly last?: Nanoseconds
}

export const registerAlerts: RegisterCommand = (program, context) => {
  const group = program
    .command('alerts')
    .summary('the rules, what fires now, and a test of who is told')
    .description(
      'The rules of what people are told of (docs/alerts.md), what fires now and how often each fired. Without a command: list.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor alerts
  $ auditor alerts list --since 30d -o json
  $ auditor alerts test
  $ auditor alerts test crashed --since 30d`,
    )
  listOptions(
    group.command('list', { isDefault: true }).description('Rules, state, last fired, count.'),
  )
    .option('--since <time>', 'alerts since', '7d')
    .action((options: Options) => list(context, options))
  listOptions(
    group
      .command('test')
      .description(
        'Sends an alert that says it is a test to all who are told of alerts, and says what they answered (exit 5 where one could not be reached); then how often the rules would have fired.',
      ),
  )
    .argument('[rule]', 'only this rule')
    .option('--since <time>', 'what the rules are tried on', '7d')
    .action((rule: string | undefined, options: TestOptions) => testAlerts(context, rule, options))
}

async function list(context: CommandContext, options: Options): Promise<void> {
  const { settings } = loadFor(context, options)
  const from = moment('--since', options.since, context.clock.nowNanos())
  await using journal = await openView(context, options)
  const filter = requireFilter('kind:alert')
  const told: AlertEntry[] = []
  for await (const entry of findEvents(journal, { filter, from })) {
    if (entry.kind === 'alert') told.push(entry)
  }
  const known = new Map(settings.alerts.map((rule) => [rule.name, rule]))
  const names = new Set([...known.keys(), ...told.map(({ rule }) => rule)])
  const rows = [...names].map((name) => rowOf(name, known.get(name), told))
  await print(context.terminal, options.output, rows, printable, context.signal)
}

/** Told by time; what is said of one alert last counts, whatever time it is of. */
function rowOf(name: string, rule: AlertRule | undefined, all: readonly AlertEntry[]): Row {
  const told = all.filter((alert) => alert.rule === name)
  const fired = Map.groupBy(told, ({ opening, group }) => `${group}\n${opening}`)
  const firing = [...fired.values()].filter((each) => each.every(({ state }) => state === 'firing'))
  const last = told.findLast(({ state }) => state === 'firing')?.time
  return {
    name,
    ...(rule === undefined ? {} : { rule }),
    firing: firing.map(([first]) => first!.group),
    fired: fired.size,
    ...(last === undefined ? {} : { last }),
  }
}

const printable: Printable<Row> = {
  empty: 'no rules',
  columns: [
    { heading: 'RULE', name: 'rule', value: ({ name }) => name },
    {
      heading: 'STATE',
      name: 'state',
      value: ({ firing, rule }) =>
        firing.length > 0 ? 'firing' : rule === undefined ? 'not in force' : 'quiet',
    },
    { heading: 'FOR', name: 'firing', value: ({ firing }) => firing.join(', ') },
    { heading: 'FIRED', name: 'fired', value: ({ fired }) => fired },
    {
      heading: 'LAST',
      name: 'last',
      value: ({ last }) => last?.toString(),
      cell: ({ last }) => (last === undefined ? 'never' : localMoment(last).slice(0, 19)),
    },
    { heading: 'BY', name: 'by', value: ({ rule }) => rule?.by },
    {
      heading: 'COOLDOWN',
      name: 'cooldown',
      value: ({ rule }) => (rule === undefined ? undefined : formatDuration(rule.cooldown)),
    },
    { heading: 'WHEN', name: 'when', value: ({ rule }) => rule?.when },
  ],
}
