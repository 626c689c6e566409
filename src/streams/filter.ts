import { LRUCache } from 'lru-cache'
import { defer, filter, map, type OperatorFunction } from 'rxjs'
import type { Entry, Record } from '../model/entry.ts'
import type { Flowing } from './flow.ts'
import { ENABLE_LABEL, IGNORE_LABEL, isSet } from './labels.ts'
import { skippedOf } from './skipped.ts'

export interface FilterOptions {
  /** The filter of the settings. Default: everything. Asked for records only. */
  readonly accepts?: (record: Record) => boolean
  /** Only containers with the label `auditor.enable=true` are recorded. */
  readonly explicit: boolean
}

/** Verdicts of so many containers are remembered, for the events about them that carry no labels. */
const REMEMBERED_CONTAINERS = 10_000

/**
 * Passes over what nobody wants recorded. Gaps and markers always pass; an event that is not wanted
 * goes on as `Skipped`, so that the resume point moves past it.
 *
 *     source   a-b-G-c-|      b has the label auditor.ignore, G is a gap
 *     output   a-s-G-c-|      s is a Skipped
 *
 * Labels are those of containers: `auditor.ignore=true` leaves a container out, also with
 * `explicit`, where only `auditor.enable=true` lets it in. Events about a container that carry its
 * id and not its labels (`network connect`, `volume mount`) follow the container they name, as far
 * as it was seen; with `explicit` an unseen one is left out. Other events have no labels to go by:
 * use a filter.
 */
export function filterEntries(options: FilterOptions): OperatorFunction<Entry, Flowing> {
  const { accepts = () => true, explicit } = options
  return (source) =>
    defer(() => {
      const wantedByLabel = createLabelRule(explicit)
      return source.pipe(
        map((entry): Flowing | undefined => {
          if (entry.kind !== 'record') return entry
          if (!wantedByLabel(entry)) return skippedOf(entry, 'label')
          return accepts(entry) ? entry : skippedOf(entry, 'filter')
        }),
        filter((entry) => entry !== undefined),
      )
    })
}

function createLabelRule(explicit: boolean): (record: Record) => boolean {
  const verdicts = new LRUCache<string, boolean>({ max: REMEMBERED_CONTAINERS })

  return ({ event }) => {
    if (event.type === 'container') {
      if (event.actorId === '') return true // prune: about no container
      const wanted =
        !isSet(event.attributes, IGNORE_LABEL) &&
        (!explicit || isSet(event.attributes, ENABLE_LABEL))
      verdicts.set(event.actorId, wanted)
      return wanted
    }
    const container = event.attributes['container']
    if (typeof container !== 'string' || container === '') return true
    return verdicts.get(container) ?? !explicit
  }
}
