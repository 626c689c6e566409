import { createNotifiers } from '../agent/from-settings.ts'
import { backtest, filterOfRules, type Backtest } from '../alerts/backtest.ts'
import type { AlertRule } from '../config/alert-rules.ts'
import { requireFilter } from '../filter/compile.ts'
import { alertOf, type AlertEntry } from '../model/alert.ts'
import type { Delivery } from '../model/delivery.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Sequenced } from '../model/entry.ts'
import { asError, AuditorError } from '../model/errors.ts'
import { findEvents } from '../query/events.ts'
import type { SinkPart } from '../agent/parts.ts'
import type { CommandContext } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import { openView } from './journal-access.ts'
import type { ListOptions } from './journal-options.ts'
import { localMoment } from './local-time.ts'
import { createLogger } from './logger.ts'
import { moment } from './option-types.ts'
import { print, printableText, type Printable } from './output.ts'
import { loadFor } from './settings.ts'

export interface TestOptions extends ListOptions {
  readonly since: string
}

/** Sends a test to all who are told of alerts, then tries the rules on what the journal has. */
export async function testAlerts(
  context: CommandContext,
  name: string | undefined,
  options: TestOptions,
): Promise<void> {
  const { terminal, clock } = context
  const { settings } = loadFor(context, options)
  const rules = chosen(settings.alerts, name)
  const from = moment('--since', options.since, clock.nowNanos())
  const notifiers = createNotifiers(settings, createLogger(settings.log, terminal))
  if (notifiers.length === 0) {
    terminal.stderr.write('nobody is told: no sink for alerts is configured (docs/alerts.md)\n')
  }
  const alert = testAlert(name ?? 'test', clock.nowNanos())
  for (const notifier of notifiers) {
    const answer = await deliver(context, notifier, alert)
    if (answer !== undefined) context.exitWith(exitCodes.sinkUnreachable)
    const said = answer === undefined ? 'told' : `NOT told: ${printableText(answer)}`
    terminal.stderr.write(`${notifier.sink.name}: ${said}\n`)
  }
  await using journal = await openView(context, options)
  const filter = requireFilter(filterOfRules(rules))
  const tried = await backtest(rules, findEvents(journal, { filter, from }))
  await print(terminal, options.output, tried, printable(options.since), context.signal)
}

function chosen(rules: readonly AlertRule[], name: string | undefined): readonly AlertRule[] {
  if (name === undefined) return rules
  const rule = rules.find((each) => each.name === name)
  if (rule !== undefined) return [rule]
  const names = rules.map((each) => each.name)
  const hint = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`
  throw new AuditorError(
    'usage',
    `no rule is called ${JSON.stringify(name)}${didYouMean(name, names)} (${hint})`,
  )
}

function testAlert(rule: string, time: bigint): Sequenced<AlertEntry> {
  const alert = alertOf(
    {
      time,
      rule,
      state: 'firing',
      group: 'auditor alerts test',
      opening: '',
      since: time,
      matches: 1,
      evidence: [],
      said: 'this is a test: nothing has happened',
      test: true,
    },
    '',
    'test',
  )
  return { ...alert, seq: 0 }
}

/** @returns why not, where it was not told */
async function deliver(
  { signal }: CommandContext,
  { sink, timeout = 10_000 }: SinkPart,
  alert: Sequenced,
): Promise<string | undefined> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  try {
    await sink.open?.(ending)
    return reasonOf(await sink.deliver({ entries: [alert] }, ending))
  } catch (thrown) {
    return asError(thrown).message
  } finally {
    await sink.close?.()
  }
}

function reasonOf(delivery: Delivery): string | undefined {
  switch (delivery.status) {
    case 'delivered':
      return undefined
    case 'retry':
    case 'refused':
      return delivery.cause.message
    case 'partial':
      return delivery.refused[0]?.reason ?? delivery.cause?.message ?? 'it was not taken'
  }
}

const printable = (since: string): Printable<Backtest> => ({
  empty: 'no rules',
  columns: [
    { heading: 'RULE', name: 'rule', value: ({ rule }) => rule.name },
    { heading: `WOULD HAVE FIRED (${since})`, name: 'fired', value: ({ fired }) => fired },
    {
      heading: 'LAST',
      name: 'last',
      value: ({ last }) => last?.time.toString(),
      cell: ({ last }) => (last === undefined ? '' : localMoment(last.time).slice(0, 19)),
    },
    { heading: 'FOR', name: 'group', value: ({ last }) => last?.group },
    { heading: 'WHAT', name: 'said', value: ({ last }) => last?.said },
  ],
})
