import type { Record } from '../model/entry.ts'
import { bindFilter } from './bind.ts'
import { ENTRIES } from './entries.ts'
import { foresee } from './foresee.ts'
import type { Filter } from './syntax.ts'

/** What an exec's end has of its own; filters take attributes for labels, too. */
const OWN: ReadonlySet<string> = new Set(['exit', 'label.exitCode', 'time', 'flag', 'enrichment'])

/**
 * Whether a filter of what is recorded may keep out the end of an exec, asked of a record that tells of its
 * beginning. Filters are asked before inspect is: of an event with nothing but its own attributes.
 */
export function hidingEnds(filter: Filter): (begun: Record) => boolean {
  const found = bindFilter(filter, ENTRIES)
  if ('error' in found) return () => true
  const isPassed = foresee(found.bound, OWN)
  return ({ container: _facts, ...begun }) => {
    const attributes = { ...begun.event.attributes, exitCode: '' }
    return (
      isPassed({ ...begun, event: { ...begun.event, action: 'exec_die', attributes } }) !== true
    )
  }
}
