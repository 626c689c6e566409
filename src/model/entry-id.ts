import { hash } from 'node:crypto'
import type { DockerEvent } from './docker-event.ts'
import type { EntryId } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** Any text may be hashed, but only these fields are an event's identity. */
export type EventIdentity = Pick<DockerEvent, 'type' | 'action' | 'actorId' | 'attributes' | 'time'>

/**
 * P5, one identity: the time (8 bytes, big-endian), then the first 8 bytes of SHA-256 over the
 * engine's id, type, action, actor id, time as text and the attributes sorted by name, written as a
 * JSON array so that no two contents run together.
 */
export function eventId(engineId: string, event: EventIdentity): EntryId {
  const names = Object.keys(event.attributes)
  if (!areSorted(names)) names.sort() // engines write them in order
  const attributes: string[] = []
  for (const name of names) attributes.push(name, event.attributes[name]!)
  return contentId(event.time, [
    engineId,
    event.type,
    event.action,
    event.actorId,
    String(event.time),
    attributes,
  ])
}

function areSorted(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++) {
    if (names[index - 1]! > names[index]!) return false
  }
  return true
}

/** The same rule for gaps, markers and inferred entries, over their own content. */
export function contentId(time: Nanoseconds, content: readonly unknown[]): EntryId {
  return timePrefix(time) + hash('sha256', JSON.stringify(content), 'hex').slice(0, 16)
}

/** The first 16 digits of the ids of a moment; ids sort as their times do. Negative times count as 0. */
export function timePrefix(time: Nanoseconds): string {
  return (time < 0n ? 0n : BigInt.asUintN(64, time)).toString(16).padStart(16, '0')
}

/** The moment an id speaks of. */
export function timeOfId(id: EntryId): Nanoseconds {
  return BigInt(`0x${id.slice(0, 16)}`)
}
