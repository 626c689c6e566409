import type { Record, Sequenced } from '../../../src/model/entry.ts'
import { unproven } from '../holes/unproven.ts'
import type { Told } from './told.ts'
import type { Fault } from './types.ts'

/**
 * Conclusions about containers whose whole life was heard: each must be an event that is not in the
 * journal, within its bounds.
 */
export function untrue(
  engine: {
    readonly id: string
    readonly all: ReadonlyMap<string, Told>
    readonly inspectsTruly?: boolean
  },
  entries: readonly Sequenced[],
  observed: ReadonlySet<string>,
): Fault[] {
  if (engine.inspectsTruly !== true) return []
  const told = [...engine.all.values()].filter(({ type }) => type === 'container')
  const made = told.filter(({ action }) => action === 'create')
  const whole = new Set(made.map(({ actorId }) => actorId))
  const concluded = entries.filter(
    (entry): entry is Sequenced<Record> =>
      entry.kind === 'record' &&
      entry.origin === 'inferred' &&
      entry.engine.id === engine.id &&
      whole.has(entry.event.actorId),
  )
  const missed = told
    .filter(({ id }) => !observed.has(id))
    .map((event) => ({ ...event, id: event.actorId }))
  const detail = unproven(concluded, missed)
  return detail === undefined ? [] : [{ what: 'not so', detail }]
}
