import type { AlertRule } from '../config/alert-rules.ts'
import { compileFilter, requireFilter } from '../filter/compile.ts'
import { alertOf, type AlertEntry } from '../model/alert.ts'
import type { Entry, EntryId, Sequenced } from '../model/entry.ts'
import { messageOf } from '../sinks/formats/ecs-message.ts'
import { ecsSourceOf } from '../sinks/formats/ecs-source.ts'
import type { Nanoseconds } from '../model/time.ts'
import { aboutOf, groupOf, type Group } from './about.ts'
import { holdsAfter, type OpenAlert } from './open-alert.ts'
import { saidOfEnd, saidOfMatch } from './said.ts'

/** What a step tells is given to `tell`, in its order. */
export interface AlertFold {
  /** @param now ms on a line that never steps back: the time of who looks, not of the engines */
  take(entry: Sequenced, now: number): void
  /** Tells what the time alone brings about: what is over, and what had to wait for its cooldown. */
  tick(now: number, time: Nanoseconds): void
  /** When `tick` has something to do next, if nothing comes. */
  next(): number | undefined
  readonly alerts: readonly OpenAlert[]
}

/** Groups remembered, of all rules; beyond, those of a rule have one alert together. */
const MOST_ALERTS = 1_000
const MOST_EVIDENCE = 5
/** A finding that is never said to be over holds an alert no longer. */
const LONGEST_HOLD_MS = 7 * 86_400_000
const OTHERS: Group = { key: '*', name: '(others)' }

/** @throws AuditorError `usage` where a rule's filter is wrong */
export function createAlertFold(
  rules: readonly AlertRule[],
  tell: (alert: AlertEntry) => void,
  remembered: readonly OpenAlert[] = [],
): AlertFold {
  const compiled = rules.map((rule) => ({
    rule,
    matches: compileFilter(requireFilter(rule.when)),
  }))
  const byName = new Map(rules.map((rule) => [rule.name, rule]))
  const alerts = new Map(remembered.map((alert) => [keyOf(alert.rule, alert.key), alert]))

  function alertFor(rule: AlertRule, group: Group): OpenAlert {
    const { key, name } =
      alerts.size < MOST_ALERTS || alerts.has(keyOf(rule.name, group.key)) ? group : OTHERS
    const found = alerts.get(keyOf(rule.name, key))
    if (found !== undefined) return found
    const fresh: OpenAlert = {
      rule: rule.name,
      key,
      group: name,
      isOpen: false,
      isTold: false,
      opening: '',
      since: 0n,
      matches: 0,
      untold: 0,
      evidence: [],
      message: '',
      holds: [],
      lastMatch: 0,
    }
    alerts.set(keyOf(rule.name, key), fresh)
    return fresh
  }

  function matched(rule: AlertRule, entry: Sequenced, now: number): void {
    const about = aboutOf(entry)
    const alert = alertFor(rule, groupOf(rule, entry, about))
    if (!alert.isOpen) {
      Object.assign(alert, {
        isOpen: true,
        isTold: false,
        opening: entry.id,
        since: entry.time,
        matches: 0,
        evidence: [],
        holds: [],
      } satisfies Partial<OpenAlert>)
    }
    alert.matches += 1
    alert.untold += 1
    alert.evidence = [...alert.evidence, entry.id].slice(-MOST_EVIDENCE)
    alert.message = messageOf(ecsSourceOf(entry))
    alert.holds = holdsAfter(alert.holds, entry)
    alert.lastMatch = now
    Object.assign(alert, {
      ...(entry.engine === undefined ? {} : { engine: entry.engine }),
      ...about,
    })
    if (mayTell(rule, alert, now)) fire(alert, entry.time, entry.id, now)
  }

  const mayTell = (rule: AlertRule, { told }: OpenAlert, now: number): boolean =>
    told === undefined || now - told >= rule.cooldown

  function fire(alert: OpenAlert, time: Nanoseconds, trigger: EntryId, now: number): void {
    tell(entryOf(alert, 'firing', time, trigger, saidOfMatch(alert)))
    alert.isTold = true
    alert.untold = 0
    alert.told = now
  }

  function close(alert: OpenAlert, time: Nanoseconds, why: string): void {
    alert.isOpen = false
    if (!alert.isTold) return
    const trigger = alert.evidence.at(-1)!
    tell(entryOf(alert, 'resolved', time, trigger, saidOfEnd(alert, why)))
    alert.isTold = false
    alert.untold = 0
  }

  /** A finding that is over is a match of nothing, and ends what it held open. */
  function released(entry: Entry): void {
    for (const { rule } of compiled) {
      const { key } = groupOf(rule, entry, aboutOf(entry))
      const alert = alerts.get(keyOf(rule.name, key)) ?? alerts.get(keyOf(rule.name, OTHERS.key))
      if (alert?.isOpen !== true || alert.holds.length === 0) continue
      alert.holds = holdsAfter(alert.holds, entry)
      if (alert.holds.length === 0)
        close(alert, entry.time, messageOf(ecsSourceOf(entry as Sequenced)))
    }
  }

  /** When an open alert is over, if nothing comes. */
  function endOf(rule: AlertRule, { lastMatch, holds }: OpenAlert): number {
    return lastMatch + (holds.length > 0 ? LONGEST_HOLD_MS : rule.cooldown)
  }

  return {
    take(entry, now) {
      // What it told itself is about nothing new.
      if (entry.kind === 'alert') return
      if (entry.kind === 'finding' && entry.state === 'resolved') return released(entry)
      for (const { rule, matches } of compiled) if (matches(entry)) matched(rule, entry, now)
    },
    tick(now, time) {
      for (const [key, alert] of alerts) {
        const rule = byName.get(alert.rule)
        if (rule === undefined) {
          if (alert.isOpen) close(alert, time, 'the rule is not in force any more')
          alerts.delete(key)
          continue
        }
        if (alert.isOpen && now >= endOf(rule, alert)) close(alert, time, '')
        if (alert.isOpen && !alert.isTold && mayTell(rule, alert, now))
          fire(alert, alert.since, alert.opening, now)
        if (!alert.isOpen && mayTell(rule, alert, now)) alerts.delete(key)
      }
    },
    next() {
      let next: number | undefined
      for (const alert of alerts.values()) {
        const rule = byName.get(alert.rule)
        if (rule === undefined) return 0
        const again = (alert.told ?? 0) + rule.cooldown
        const at = !alert.isOpen
          ? again
          : alert.isTold
            ? endOf(rule, alert)
            : Math.min(again, endOf(rule, alert))
        if (next === undefined || at < next) next = at
      }
      return next
    },
    get alerts() {
      return [...alerts.values()]
    },
  }
}

const keyOf = (rule: string, key: string): string => `${rule}\n${key}`

function entryOf(
  alert: OpenAlert,
  state: AlertEntry['state'],
  time: Nanoseconds,
  trigger: EntryId,
  said: string,
): AlertEntry {
  const { rule, key, group, opening, since, matches, evidence } = alert
  const { engine, container, lineage } = alert
  return alertOf(
    {
      time,
      ...(engine === undefined ? {} : { engine }),
      rule,
      state,
      group,
      opening,
      since,
      matches,
      evidence,
      ...(container === undefined ? {} : { container }),
      ...(lineage === undefined ? {} : { lineage }),
      said,
    },
    key,
    trigger,
  )
}
