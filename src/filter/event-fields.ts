import type { AlertEntry } from '../model/alert.ts'
import { actionName } from '../model/docker-event.ts'
import type { Entry, LifeEntry, Record as EventRecord } from '../model/entry.ts'
import type { FindingEntry } from '../model/finding.ts'
import { outcomeOfLife } from '../model/life-end.ts'
import { SIGNALS, signalNumber } from '../model/signals.ts'
import * as sql from './entry-sql.ts'
import type { Field, TextField } from './subject.ts'

const wholeAction: TextField<Entry> = {
  name: 'action',
  type: 'text',
  about: 'with what follows the colon',
  read: ofRecords(({ event }) => event.action),
  sql: sql.ACTION,
}

/** What may be asked of events, and of what was concluded from them. Gaps and markers have none of these values. */
export const EVENT_FIELDS: readonly Field<Entry>[] = [
  {
    name: 'type',
    type: 'text',
    about: 'what the event is about: `container`, `image`, `network`, `volume`, `daemon`, ...',
    read: ofRecords(({ event }) => event.type),
    sql: sql.TYPE,
  },
  {
    name: 'action',
    aliases: ['event'],
    type: 'text',
    about:
      'what happened. Only what stands before the action\'s colon counts, so `action:exec_create` finds `exec_create: sh -c date`; a value with a colon is compared with the whole: `action:"health_status: unhealthy"`',
    read: ofRecords(({ event }) => actionName(event.action)),
    sql: sql.ACTION_NAME,
    withColon: wholeAction,
  },
  {
    name: 'name',
    type: 'text',
    about: "the container's name (the image's, network's, volume's)",
    read: ofAll(nameOf, ({ container }) => container?.name),
    sql: sql.NAME,
  },
  {
    name: 'image',
    type: 'text',
    about: 'the image, as the user typed it',
    read: ofAll(imageOf, ({ container }) => container?.image),
    sql: sql.IMAGE,
  },
  {
    name: 'id',
    type: 'text',
    begins: true,
    many: true,
    about:
      "the container's id (the image's, network's) or its beginning; an image's id with or without `sha256:`",
    read: ofAll(
      ({ event: { actorId } }) => [actorId, ...digestIn(actorId)],
      ({ container }) => (container === undefined ? undefined : [container.id]),
    ),
    sql: sql.IDS,
  },
  {
    name: 'label',
    type: 'text',
    many: true,
    about: 'the name of a label, whatever its value: `label:auditor.ignore`, `label:com.docker.*`',
    read: ofRecords(({ container, event }) => [
      ...Object.keys(container?.labels ?? {}),
      ...Object.keys(event.attributes),
    ]),
    sql: sql.LABEL_NAMES,
  },
  {
    name: 'project',
    type: 'text',
    about: 'the Compose project',
    ...labels(['com.docker.compose.project'], 'project'),
  },
  {
    name: 'service',
    type: 'text',
    about: 'the Compose service, else the Swarm service',
    ...labels(['com.docker.compose.service', 'com.docker.swarm.service.name'], 'service'),
  },
  {
    name: 'exit',
    type: 'number',
    about:
      'the exit code of a `die`, an `exec_die` or a life, where it is certain: a label that has taken its place proves nothing',
    read: ofBoth(
      (record) => outcomeOfLife(record, actionName(record.event.action)).exitCode,
      ({ exitCode }) => exitCode,
    ),
    sql: sql.EXIT,
  },
  {
    name: 'signal',
    type: 'number',
    words: SIGNALS,
    about: 'the signal of a `kill`, or the one that ended a life: `9`, `KILL` or `SIGKILL`',
    read: ofBoth(signalOf, ({ signal }) => signal),
    sql: sql.SIGNAL,
  },
]

/** `label.NAME` */
export function labelField(name: string): TextField<Entry> {
  const about = 'the value of the label'
  return { name: `label.${name}`, type: 'text', about, ...labels([name]) }
}

/** The first of these labels there is. @param ofLife what a life entry knows instead of them */
function labels(
  names: readonly string[],
  ofLife?: 'project' | 'service',
): Pick<TextField<Entry>, 'read' | 'sql' | 'params'> {
  return {
    read: ofAll(
      (record) => {
        for (const name of names) {
          const value = labelOf(record, name)
          if (value !== undefined) return value
        }
        return undefined
      },
      ({ lineage }) => (ofLife === undefined ? undefined : lineage?.[ofLife]),
    ),
    ...sql.labelValue(names, ofLife === undefined ? undefined : `e.body ->> '$.lineage.${ofLife}'`),
  }
}

function labelOf({ container, event }: EventRecord, name: string): string | undefined {
  return own(container?.labels ?? {}, name) ?? own(event.attributes, name)
}

/** The engine's own names win over attributes, which a label of the same name may have replaced. */
function nameOf({ container, event }: EventRecord): string | undefined {
  if (container !== undefined) return container.name
  return own(event.attributes, 'name') ?? (event.type === 'volume' ? event.actorId : undefined)
}

function imageOf({ container, event }: EventRecord): string | undefined {
  if (container !== undefined) return container.image.name
  if (event.type === 'image') return own(event.attributes, 'name') ?? event.actorId
  return own(event.attributes, 'image')
}

function signalOf({ event, flags }: EventRecord): number | undefined {
  if (event.type !== 'container' || actionName(event.action) !== 'kill') return undefined
  if (flags.includes('label-shadows-attribute')) return undefined
  return signalNumber(own(event.attributes, 'signal') ?? '')
}

const DIGEST = 'sha256:'

/** An image's id without its algorithm. */
export function digestIn(id: string): readonly string[] {
  return id.startsWith(DIGEST) ? [id.slice(DIGEST.length)] : []
}

/** Own properties only: "constructor" is no label unless somebody made it one. */
function own(texts: Readonly<{ [name: string]: string }>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined
}

function ofRecords<V>(read: (record: EventRecord) => V): (entry: Entry) => V | undefined {
  return (entry) => (entry.kind === 'record' ? read(entry) : undefined)
}

function isConcluded(entry: Entry): entry is LifeEntry | FindingEntry | AlertEntry {
  return entry.kind === 'life' || entry.kind === 'finding' || entry.kind === 'alert'
}

/** Of records and of what was concluded from them; gaps and markers have no such value. */
function ofAll<V>(
  ofRecord: (record: EventRecord) => V,
  ofOther: (other: LifeEntry | FindingEntry | AlertEntry) => V,
): (entry: Entry) => V | undefined {
  return (entry) => {
    if (entry.kind === 'record') return ofRecord(entry)
    return isConcluded(entry) ? ofOther(entry) : undefined
  }
}

/** Of records and of lives; gaps and markers have no such value. */
function ofBoth<V>(
  ofRecord: (record: EventRecord) => V,
  ofLife: (life: LifeEntry) => V,
): (entry: Entry) => V | undefined {
  return (entry) =>
    entry.kind === 'record' ? ofRecord(entry) : entry.kind === 'life' ? ofLife(entry) : undefined
}
