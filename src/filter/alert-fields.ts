import type { AlertEntry } from '../model/alert.ts'
import type { Entry } from '../model/entry.ts'
import * as sql from './entry-sql.ts'
import type { Field } from './subject.ts'

/** What may be asked of entries of kind `alert` alone. */
export const ALERT_FIELDS: readonly Field<Entry>[] = [
  {
    name: 'rule',
    type: 'text',
    about: 'of an alert: the name of the rule (docs/alerts.md)',
    read: ofAlerts(({ rule }) => rule),
    sql: sql.ALERT_RULE,
  },
]

function ofAlerts<V>(read: (alert: AlertEntry) => V): (entry: Entry) => V | undefined {
  return (entry) => (entry.kind === 'alert' ? read(entry) : undefined)
}
