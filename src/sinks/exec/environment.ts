import type { Sequenced } from '../../model/entry.ts'
import { harmless, toldOf } from '../webhook/message.ts'

type Environment = Readonly<{ [name: string]: string }>

/** What a program gets of the agent's own environment, which holds secrets. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ']

export function passedOn(own: Readonly<{ [name: string]: string | undefined }>): Environment {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])),
  )
}

/** One alert as variables, each on one line; of another entry, which a filter of one's own may choose, its sentence. */
export function variablesOf(entry: Sequenced): Environment {
  const { state, text } = toldOf(entry)
  const [rule, group] = entry.kind === 'alert' ? [entry.rule, entry.group] : [entry.kind, '']
  return {
    AUDITOR_ALERT_ID: harmless(entry.id),
    AUDITOR_ALERT_RULE: harmless(rule),
    AUDITOR_ALERT_STATE: state,
    AUDITOR_ALERT_GROUP: harmless(group),
    AUDITOR_ALERT_SAID: text,
  }
}
