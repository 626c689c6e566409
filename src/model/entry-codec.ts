import type { AlertEntry } from './alert.ts'
import type { ContainerFacts } from './container-facts.ts'
import type { DockerEvent } from './docker-event.ts'
import type { FindingEntry } from './finding.ts'
import type { Bounds, EngineRef, Entry, LifeEntry, Record, Sequenced } from './entry.ts'
import { bigintAsText } from './exact-json.ts'

/**
 * The one written form of an entry: what the journal stores, what the hash chain covers and what is
 * exported. JSON on one line; every time is decimal text of nanoseconds; a record's event stands
 * last, as the engine's own bytes, its length (in UTF-16 units) first:
 *
 *     {"eventLength":97,"kind":"record","id":"...","time":"1795358966636471773",...,"event":{...}}
 *
 * `seq` and `seal` are not part of it: they are the entry's place, not its content.
 */
export function encodeEntry(entry: Entry): string {
  if (entry.kind !== 'record') return JSON.stringify(contentOf(entry), bigintAsText)
  const { kind, id, time, engine, origin, enrichment, flags, container, inferred, event } = entry
  const { cause, update } = entry
  // Field by field takes a third of the time of one JSON.stringify.
  return (
    `{"eventLength":${event.line.length},"kind":"${kind}","id":${JSON.stringify(id)},` +
    `"time":"${time}","engine":${encodeShared(engine)},"origin":${JSON.stringify(origin)},` +
    `"enrichment":${JSON.stringify(enrichment)},` +
    `"flags":${flags.length === 0 ? '[]' : JSON.stringify(flags)}` +
    (cause === undefined ? '' : `,"cause":${JSON.stringify(cause)}`) +
    (update === undefined ? '' : `,"update":${JSON.stringify(update)}`) +
    (inferred === undefined ? '' : `,"inferred":${JSON.stringify(inferred, bigintAsText)}`) +
    `${container === undefined ? '' : `,"container":${encodeShared(container)}`},"event":${event.line}}`
  )
}

/** Many entries share their engine, and the facts of a container while they are cached. */
const rendered = new WeakMap<ContainerFacts | EngineRef, string>()

function encodeShared(value: ContainerFacts | EngineRef): string {
  let text = rendered.get(value)
  if (text === undefined) {
    text = JSON.stringify(value, bigintAsText)
    rendered.set(value, text)
  }
  return text
}

function contentOf(entry: Entry | Sequenced): object {
  if (!('seq' in entry)) return entry
  const { seq: _place, seal: _proof, ...content } = entry
  return content
}

/** @throws SyntaxError or TypeError where the text was not written by `encodeEntry`. */
export function decodeEntry(text: string): Entry {
  const raw = JSON.parse(text) as RawEntry
  switch (raw.kind) {
    case 'record':
      return decodeRecord(raw, text)
    case 'gap':
      return { ...raw, time: BigInt(raw.time), from: BigInt(raw.from), to: BigInt(raw.to) }
    case 'marker':
      return { ...raw, time: BigInt(raw.time) }
    case 'life':
      return decodeLife(raw)
    case 'alert':
      return { ...raw, ...moments(raw, ['time', 'since']) } as unknown as AlertEntry
    case 'finding':
      return { ...raw, ...moments(raw, ['time', 'since']) } as unknown as FindingEntry
    default:
      throw new TypeError('not an entry: its kind is unknown')
  }
}

function decodeRecord(raw: RawRecord, text: string): Record {
  const { eventLength, kind, id, engine, origin, enrichment, flags, event } = raw
  const { container, inferred, cause, update } = raw
  const time = BigInt(raw.time)
  const line = text.slice(-1 - eventLength, -1)
  // Field by field: a sixth less than with the rest of an object.
  const record: Record = {
    kind,
    id,
    time,
    engine,
    origin,
    enrichment,
    flags,
    event: eventView(event, time, line),
  }
  const isBare = container === undefined && inferred === undefined && cause === undefined
  if (isBare && update === undefined) return record
  return {
    ...record,
    ...(cause === undefined ? {} : { cause }),
    ...(update === undefined ? {} : { update }),
    ...(inferred === undefined ? {} : { inferred: decodeBounds(inferred) }),
    ...(container === undefined ? {} : { container: decodeFacts(container) }),
  }
}

/** Overwrites values in their places, so that writing again gives the same text. */
function decodeLife(raw: Texted<LifeEntry>): LifeEntry {
  const { container, evidence } = raw
  return {
    ...raw,
    ...moments(raw, ['time', 'startedAt', 'endedAt', 'pausedNanos']),
    container: { ...container, ...moments(container, ['createdAt', 'removedAt']) },
    evidence: evidence.map((each) => ({ ...each, time: BigInt(each.time) })),
  } as unknown as LifeEntry
}

function moments<T extends object>(raw: T, names: readonly (keyof T)[]): Partial<T> {
  const there = names.filter((name) => raw[name] !== undefined)
  return Object.fromEntries(there.map((name) => [name, BigInt(raw[name] as string)])) as Partial<T>
}

const decodeBounds = ({ earliest, latest }: Texted<Bounds>): Bounds => ({
  earliest: BigInt(earliest),
  latest: BigInt(latest),
})

/** The fields of an engine's event, from its parsed JSON; absent ones may be null too. */
export interface WireEvent {
  readonly Type?: string | null
  readonly Action?: string | null
  readonly Actor?: {
    readonly ID?: string | null
    /** Text in every known engine; any other value is kept as its JSON text. */
    readonly Attributes?: { readonly [name: string]: unknown } | null
  } | null
  readonly scope?: string | null
}

/** `DockerEvent` from parsed JSON whose shape was checked before. */
export function eventView(wire: WireEvent, time: bigint, line: string): DockerEvent {
  const type = wire.Type ?? ''
  const action = wire.Action ?? ''
  const actorId = wire.Actor?.ID ?? ''
  const attributes = textual(wire.Actor?.Attributes ?? {})
  const { scope } = wire
  return typeof scope === 'string'
    ? { type, action, actorId, attributes, scope, time, line }
    : { type, action, actorId, attributes, time, line }
}

type TextAttributes = DockerEvent['attributes']

function textual(attributes: { readonly [name: string]: unknown }): TextAttributes {
  for (const name in attributes) {
    if (typeof attributes[name] !== 'string') return asTexts(attributes)
  }
  return attributes as TextAttributes
}

function asTexts(attributes: { readonly [name: string]: unknown }): TextAttributes {
  const texts = Object.entries(attributes).map(([name, value]) => [name, textOf(value)])
  return Object.fromEntries(texts) as TextAttributes
}

/** What is not text becomes its JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Overwrites values in their places, so that writing again gives the same text. */
function decodeFacts(raw: Texted<ContainerFacts>): ContainerFacts {
  const { created, state } = raw
  const { startedAt, finishedAt } = state
  return {
    ...raw,
    ...(created === undefined ? {} : { created: BigInt(created) }),
    state: {
      ...state,
      ...(startedAt === undefined ? {} : { startedAt: BigInt(startedAt) }),
      ...(finishedAt === undefined ? {} : { finishedAt: BigInt(finishedAt) }),
    },
  } as ContainerFacts
}

/** A type as JSON holds it: every bigint is text. */
type Texted<T> = T extends bigint
  ? string
  : T extends object
    ? { readonly [K in keyof T]: Texted<T[K]> }
    : T

type RawRecord = Texted<Omit<Record, 'event'>> & {
  readonly eventLength: number
  readonly event: WireEvent
}
type RawEntry = RawRecord | Texted<Exclude<Entry, Record>>
