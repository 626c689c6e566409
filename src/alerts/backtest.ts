import type { AlertRule } from '../config/alert-rules.ts'
import type { AlertEntry } from '../model/alert.ts'
import type { Sequenced } from '../model/entry.ts'
import { millisFromNanos, type Nanoseconds } from '../model/time.ts'
import { createAlertFold } from './fold.ts'

/** What a rule would have told of entries that there are. */
export interface Backtest {
  readonly rule: AlertRule
  /** Alerts that would have been told. */
  readonly fired: number
  readonly last?: { readonly time: Nanoseconds; readonly group: string; readonly said: string }
}

/** A filter of all that matters to these rules: what a finding says at its end does, too. */
export const filterOfRules = (rules: readonly AlertRule[]): string =>
  [...rules.map(({ when }) => `(${when})`), '(kind:finding state:resolved)'].join(' OR ')

/** @param entries in the order in which they happened: their times are the clock */
export async function backtest(
  rules: readonly AlertRule[],
  entries: AsyncIterable<Sequenced>,
): Promise<readonly Backtest[]> {
  const openings = new Map(rules.map(({ name }) => [name, new Set<string>()]))
  const last = new Map<string, AlertEntry>()
  const fold = createAlertFold(rules, (alert) => {
    if (alert.state !== 'firing') return
    openings.get(alert.rule)!.add(`${alert.group} ${alert.opening}`)
    last.set(alert.rule, alert)
  })
  let now = 0
  for await (const entry of entries) {
    now = Math.max(now, millisFromNanos(entry.time))
    fold.tick(now, entry.time)
    fold.take(entry, now)
  }
  return rules.map((rule) => {
    const latest = last.get(rule.name)
    return {
      rule,
      fired: openings.get(rule.name)!.size,
      ...(latest === undefined
        ? {}
        : { last: { time: latest.time, group: latest.group, said: latest.said } }),
    }
  })
}
