import { eventId } from '../model/entry-id.ts'
import type { EngineRef, EntryId } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createDecoder } from './decode.ts'
import type { EventSource } from './port.ts'

/** An event the engine still had. */
export interface Remembered {
  readonly id: EntryId
  readonly time: Nanoseconds
}

/** What an engine's history told. */
export interface HistoryReading {
  /** Set when the wanted event is there: the ids of those before it, in the engine's order. */
  readonly before?: ReadonlySet<EntryId>
  /** The oldest one. */
  readonly first?: Remembered
  /** When the first happened that is later than the wanted one. */
  readonly firstAfter?: Nanoseconds
  /** Read to its end. */
  readonly complete?: boolean
  /** Events read. */
  readonly read?: number
}

export interface HistoryRequest {
  readonly source: EventSource
  readonly engine: EngineRef
  readonly since: Nanoseconds
  readonly until: Nanoseconds
  /** The event looked for: reading ends where it is found. */
  readonly position?: { readonly id?: EntryId; readonly time: Nanoseconds }
  /** Reading ends at the first event later than this. */
  readonly beyond?: Nanoseconds
  /** The most events that are read; unbounded where `beyond` bounds them. */
  readonly limit?: number
  readonly maxLineBytes: number
  readonly signal: AbortSignal
}

/** Ids kept of events before the wanted one. */
const MAX_BEFORE = 8_192

/** Asks for a finite piece of the engine's history and looks for one event in it. */
export async function readHistory(request: HistoryRequest): Promise<HistoryReading> {
  const { source, engine, since, until, position, beyond, limit, signal } = request
  const before = new Set<EntryId>()
  let first: Remembered | undefined
  let firstAfter: Nanoseconds | undefined
  let found = false
  let read = 0

  const enough = (): boolean =>
    found ||
    (limit !== undefined && read >= limit) ||
    (beyond !== undefined && firstAfter !== undefined && latest > beyond)
  let latest: Nanoseconds = 0n

  const decoder = createDecoder({
    maxLineBytes: request.maxLineBytes,
    onEvent(event) {
      if (enough()) return
      read++
      latest = event.time
      const id = eventId(engine.id, event)
      if (id === position?.id) {
        found = true
        return
      }
      first ??= { id, time: event.time }
      if (position !== undefined && event.time > position.time) firstAfter ??= event.time
      if (before.size < MAX_BEFORE) before.add(id)
    },
    // The stream that is opened afterwards brings the same lines and tells those it can't read.
    onBad: () => undefined,
  })

  let complete = true
  for await (const chunk of source.open({ since, until, signal })) {
    decoder.write(chunk)
    if (!enough()) continue
    complete = false
    break
  }
  if (complete) decoder.end()
  return {
    ...(found ? { before } : {}),
    ...(first === undefined ? {} : { first }),
    ...(firstAfter === undefined ? {} : { firstAfter }),
    complete,
    read,
  }
}

/** The ids of what the engine remembers of that time. */
export async function readIds(
  request: Pick<
    HistoryRequest,
    'source' | 'engine' | 'since' | 'until' | 'maxLineBytes' | 'signal'
  >,
): Promise<Set<EntryId>> {
  const { source, engine, since, until, maxLineBytes, signal } = request
  const ids = new Set<EntryId>()
  const decoder = createDecoder({
    maxLineBytes,
    onEvent: (event) => ids.add(eventId(engine.id, event)),
    // The stream brought the same lines, and told of those it could not read.
    onBad: () => undefined,
  })
  for await (const chunk of source.open({ since, until, signal })) decoder.write(chunk)
  decoder.end()
  return ids
}
