import { contentId } from './entry-id.ts'
import type { EngineRef, EntryId } from './entry.ts'
import type { Lineage } from './life/lineage.ts'
import type { Nanoseconds } from './time.ts'

/** `firing`: it began, or goes on; `resolved`: it is over. */
export const ALERT_STATES = ['firing', 'resolved'] as const
type AlertState = (typeof ALERT_STATES)[number]

/** What a rule has to tell to people, once: see docs/alerts.md. */
export interface AlertEntry {
  readonly kind: 'alert'
  readonly id: EntryId
  /** Of one that fires: when what it fired for happened. Of one that is resolved: when that was seen. */
  readonly time: Nanoseconds
  /** Absent where what matched speaks of no engine. */
  readonly engine?: EngineRef
  /** The name of the rule. */
  readonly rule: string
  readonly state: AlertState
  /** Whom it is about, for people: what the rule's matches are grouped by. */
  readonly group: string
  /** The entry it opened with: all that is told of one alert has the same. */
  readonly opening: EntryId
  /** When that happened. */
  readonly since: Nanoseconds
  /** How often the rule has matched in this alert by now. */
  readonly matches: number
  /** Ids of the entries that matched last. */
  readonly evidence: readonly EntryId[]
  /** The container that matched last. */
  readonly container?: { readonly id: string; readonly name: string; readonly image: string }
  readonly lineage?: Lineage
  /** One sentence for people. */
  readonly said: string
  /** Made by `auditor alerts test`: nothing happened, and no journal has it. */
  readonly test?: true
}

/**
 * Its id tells which alert it speaks of, in which state and why: made again of the same entries it is the
 * same, and the journal has it once.
 *
 * @param trigger the entry that it is told for
 */
export function alertOf(
  alert: Omit<AlertEntry, 'kind' | 'id'>,
  key: string,
  trigger: EntryId,
): AlertEntry {
  const { time, rule, state, opening } = alert
  const id = contentId(time, ['alert', rule, key, state, opening, trigger])
  return { kind: 'alert', id, ...alert }
}
