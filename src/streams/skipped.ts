import type { Record } from '../model/entry.ts'
import type { Skipped, SkipReason } from './flow.ts'

/**
 * What goes on instead of a record that is not wanted. Only an observed event has a place in the
 * engine's stream to move past; a snapshot says what is there, and one that is not wanted leaves no
 * trace.
 */
export function skippedOf(record: Record, reason: SkipReason): Skipped | undefined {
  if (record.origin !== 'observed') return undefined
  return { kind: 'skipped', engineId: record.engine.id, id: record.id, time: record.time, reason }
}
