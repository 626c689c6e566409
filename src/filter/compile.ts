import { actionName } from '../model/docker-event.ts'
import type { Entry, Record as EventRecord } from '../model/entry.ts'
import { compileGlob, type TextPredicate } from './glob.ts'
import type { Field, Filter, Pattern } from './syntax.ts'

export type EntryPredicate = (entry: Entry) => boolean
type RecordPredicate = (record: EventRecord) => boolean

/**
 * The filter as a function, made once and asked per entry. Gaps and markers have no type, action,
 * name, image, id or labels: terms about those are false for them, and so `NOT name:x` is true.
 */
export function compileFilter(filter: Filter): EntryPredicate {
  switch (filter.op) {
    case 'all':
      return () => true
    case 'and':
      return allOf(filter.parts.map(compileFilter))
    case 'or':
      return anyOf(filter.parts.map(compileFilter))
    case 'not': {
      const inner = compileFilter(filter.part)
      return (entry) => !inner(entry)
    }
    case 'kind':
      return ({ kind }) => kind === filter.kind
    case 'field':
      return ofRecords(FIELD_COMPILERS[filter.field](filter.pattern))
    case 'label':
      return ofRecords(compileLabel(filter.name, compileGlob(filter.pattern)))
    case 'has-label':
      return ofRecords(compileHasLabel(compileGlob(filter.pattern)))
    case 'word':
      return ofRecords(compileWord(filter.pattern))
  }
}

/**
 * The rule where a filter decides what is kept or sent: gaps and markers always pass, because a
 * trail that was narrowed still has to say what it doesn't know.
 */
export function compileRecordFilter(filter: Filter): EntryPredicate {
  const predicate = compileFilter(filter)
  return (entry) => entry.kind !== 'record' || predicate(entry)
}

const FIELD_COMPILERS: { readonly [F in Field]: (pattern: Pattern) => RecordPredicate } = {
  type: (pattern) => {
    const matches = compileGlob(pattern)
    return ({ event }) => matches(event.type)
  },
  action: (pattern) => {
    const matches = compileGlob(pattern)
    if (pattern.includes(':')) return ({ event }) => matches(event.action)
    return ({ event }) => matches(actionName(event.action))
  },
  name: (pattern) => ofText(nameOf, compileGlob(pattern)),
  image: (pattern) => ofText(imageOf, compileGlob(pattern)),
  id: compileId,
}

/** The engine's own names win over attributes, which a label of the same name may have replaced. */
function nameOf({ container, event }: EventRecord): string | undefined {
  if (container !== undefined) return container.name
  return (
    attribute(event.attributes, 'name') ?? (event.type === 'volume' ? event.actorId : undefined)
  )
}

function imageOf({ container, event }: EventRecord): string | undefined {
  if (container !== undefined) return container.image.name
  if (event.type === 'image') return attribute(event.attributes, 'name') ?? event.actorId
  return attribute(event.attributes, 'image')
}

/** Ids are asked for by their beginnings, an image's id with or without its algorithm. */
function compileId(pattern: Pattern): RecordPredicate {
  const matches = compileGlob(`${pattern}*`)
  return ({ event: { actorId } }) =>
    matches(actorId) || (actorId.startsWith('sha256:') && matches(actorId.slice(7)))
}

/** Shorter words are no beginnings of ids: "db" begins one container's id in 256. */
const MIN_ID_LENGTH = 4

/** Somewhere in the name or the image's name, or the beginning of the id. */
function compileWord(pattern: Pattern): RecordPredicate {
  const matches = compileGlob(`*${pattern}*`)
  const inName = ofText(nameOf, matches)
  const inImage = ofText(imageOf, matches)
  const parts = [inName, inImage]
  if (pattern.length >= MIN_ID_LENGTH) parts.push(compileId(pattern))
  return (record) => parts.some((part) => part(record))
}

function compileLabel(name: string, matches: TextPredicate): RecordPredicate {
  return ({ container, event }) => {
    const value =
      (container && attribute(container.labels, name)) ?? attribute(event.attributes, name)
    return value !== undefined && matches(value)
  }
}

function compileHasLabel(matches: TextPredicate): RecordPredicate {
  return ({ container, event }) =>
    (container !== undefined && Object.keys(container.labels).some(matches)) ||
    Object.keys(event.attributes).some(matches)
}

type Texts = Readonly<{ [name: string]: string }>

/** Own properties only: "constructor" is no label unless somebody made it one. */
function attribute(texts: Texts, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined
}

function ofText(
  read: (record: EventRecord) => string | undefined,
  matches: TextPredicate,
): RecordPredicate {
  return (record) => {
    const text = read(record)
    return text !== undefined && matches(text)
  }
}

function ofRecords(predicate: RecordPredicate): EntryPredicate {
  return (entry) => entry.kind === 'record' && predicate(entry)
}

function allOf(parts: readonly EntryPredicate[]): EntryPredicate {
  return (entry) => parts.every((part) => part(entry))
}

function anyOf(parts: readonly EntryPredicate[]): EntryPredicate {
  return (entry) => parts.some((part) => part(entry))
}
