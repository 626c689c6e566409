import type { ContainerFacts } from '../model/container-facts.ts'
import { actionName } from '../model/docker-event.ts'
import type { Record } from '../model/entry.ts'
import { updatedFacts } from '../model/facts-diff.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { UnknownUpdate } from '../model/update.ts'
import type { Known } from './facts-cache.ts'

/**
 * Says of each `update` what it changed. Only where both sides are certain: facts that were remembered
 * over a gap, or over an update that inspect did not answer for, may be old, and what they do not have
 * may have come with an earlier update.
 */
export interface UpdateTeller {
  /** Events may have been lost: any container may have been updated. */
  missed(): void
  /**
   * To be asked of each record of a container, once it has its facts.
   *
   * @param before what was remembered of it
   * @param isOverlapped whether another answer about it was on its way when an update came
   */
  tell(record: Record, before: Known | undefined, isOverlapped: boolean): Record
}

/**
 * An engine changes its settings, then the container's, and tells of it then (12 ms later on 20.10): an answer to
 * the event before may show it already.
 */
const APPLIED_WITHIN: Nanoseconds = 1_000_000_000n

export function createUpdateTeller(): UpdateTeller {
  /** Facts with every update in them that there was by then, and the moment of the event they were asked for. */
  let current = new WeakMap<ContainerFacts, Nanoseconds>()
  return {
    missed() {
      current = new WeakMap()
    },
    tell(record, before, isOverlapped) {
      const { container, enrichment } = record
      const known = before !== undefined && before !== 'gone' && current.has(before) ? before : undefined // prettier-ignore
      const seenAt = known && current.get(known)
      const isUpdate = actionName(record.event.action) === 'update' && record.origin === 'observed'
      const isFresh = enrichment === 'fresh'
      if (container !== undefined) {
        if (isFresh) current.set(container, record.time)
        else if (known !== undefined && !isUpdate) current.set(container, current.get(known)!)
        else current.delete(container)
      }
      if (!isUpdate) return record
      const unknown = whyUnknown(isFresh, isOverlapped, known)
      if (unknown !== undefined) return { ...record, update: { unknown } }
      const changes = updatedFacts(known!, container!)
      const isSoon = seenAt !== undefined && record.time - seenAt < APPLIED_WITHIN
      if (changes.length === 0 && isSoon) return { ...record, update: { unknown: 'overlap' } }
      return { ...record, update: { changes } }
    },
  }
}

function whyUnknown(
  isFresh: boolean,
  isOverlapped: boolean,
  known: ContainerFacts | undefined,
): UnknownUpdate | undefined {
  if (!isFresh) return 'after'
  if (known === undefined) return 'before'
  return isOverlapped ? 'overlap' : undefined
}
