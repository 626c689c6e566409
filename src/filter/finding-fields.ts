import { ALERT_STATES } from '../model/alert.ts'
import type { Entry } from '../model/entry.ts'
import { FINDINGS, FINDING_STATES, type FindingEntry } from '../model/finding.ts'
import * as sql from './entry-sql.ts'
import type { Field } from './subject.ts'

/** What may be asked of entries of kind `finding` alone. */
export const FINDING_FIELDS: readonly Field<Entry>[] = [
  {
    name: 'finding',
    type: 'enum',
    values: FINDINGS,
    about: 'what was found out about a container (docs/findings.md)',
    read: ofFindings(({ finding }) => finding),
    sql: sql.FINDING,
  },
  {
    name: 'state',
    type: 'enum',
    values: [...new Set([...FINDING_STATES, ...ALERT_STATES])],
    about:
      'of a finding: whether it began, or is over; `noted` where it has no end. Of an alert: whether it fires, or is over',
    read: (entry) => (entry.kind === 'finding' || entry.kind === 'alert' ? entry.state : undefined),
    sql: sql.STATE,
  },
  {
    name: 'detail',
    type: 'text',
    many: true,
    about: 'of a finding: what stands out, such as `privileged*`',
    read: ofFindings(({ details }) => details),
    sql: sql.FINDING_DETAILS,
  },
]

function ofFindings<V>(read: (finding: FindingEntry) => V): (entry: Entry) => V | undefined {
  return (entry) => (entry.kind === 'finding' ? read(entry) : undefined)
}
