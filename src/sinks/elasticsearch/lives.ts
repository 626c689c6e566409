import { hash } from 'node:crypto'
import type { LifeEntry, Record, Sequenced } from '../../model/entry.ts'
import { wordOf, type ContainerWord } from '../../model/container-word.ts'
import { lineageOf } from '../../model/life/lineage.ts'
import type { Nanoseconds } from '../../model/time.ts'
import { wellFormed } from '../formats/compile-fields.ts'
import { ecsSourceOf } from '../formats/ecs-source.ts'
import { instantOf } from '../formats/instant.ts'

/**
 * What an entry knows of one side of a life. Of all that is told of a side, that with the greatest
 * `at` stands, whole: so the document is the same in whatever order, and however often, they come.
 */
interface Fact {
  readonly at: string
  /** By the fields' dotted names; `null` takes a field away. */
  readonly set: Readonly<{ [field: string]: unknown }>
}

export type Facts = Readonly<{ [side: string]: Fact }>

/** Replaces what is older than the facts, and writes nothing where nothing is. */
const SCRIPT = `
void put(Map to, String path, def value) {
  String[] names = path.splitOnToken('.');
  Map at = to;
  for (int i = 0; i < names.length - 1; i++) {
    if (at.get(names[i]) == null) at.put(names[i], new HashMap());
    at = at.get(names[i]);
  }
  if (value == null) at.remove(names[names.length - 1]);
  else at.put(names[names.length - 1], value);
}
Map source = ctx._source;
if (source.auditor == null) source.auditor = new HashMap();
if (source.auditor.as_of == null) source.auditor.as_of = new HashMap();
Map asOf = source.auditor.as_of;
boolean isNews = false;
for (def fact : params.facts.entrySet()) {
  def known = asOf.get(fact.getKey());
  if (known != null && known.compareTo(fact.getValue().at) >= 0) continue;
  asOf.put(fact.getKey(), fact.getValue().at);
  for (def field : fact.getValue().set.entrySet()) put(source, field.getKey(), field.getValue());
  isNews = true;
}
if (!isNews) ctx.op = 'none';
`
  .replaceAll(/\n\s*/g, ' ')
  .trim()

/** Several requests may speak of one container at once. */
const RETRIES = 8

/** The two lines of `_bulk` that bring a life's document up to date; empty where an entry tells of none. */
export function linesOfLife(entry: Sequenced, index: string): string {
  const told = factsOf(entry)
  if (told === undefined) return ''
  const id = lifeIdOf(entry.engine!.id, told.container)
  const script = { source: SCRIPT, params: { facts: told.facts } }
  const body = wellFormed(JSON.stringify({ scripted_upsert: true, script, upsert: {} }))
  return `{"update":{"_index":"${index}","_id":"${id}","retry_on_conflict":${RETRIES}}}\n${body}\n`
}

/** 32 hexadecimal digits. */
const lifeIdOf = (engineId: string, container: string): string =>
  hash('sha256', JSON.stringify([engineId, container]), 'hex').slice(0, 32)

/** `undefined` where the entry tells nothing of a container's life. */
export function factsOf(
  entry: Sequenced,
): { readonly container: string; readonly facts: Facts } | undefined {
  if (entry.kind === 'life') {
    return { container: entry.container.id, facts: { ...common(entry), ...factsOfLife(entry) } }
  }
  const word = entry.kind === 'record' ? wordOf(entry) : undefined
  if (entry.kind !== 'record' || word === undefined || word.says === 'health') return undefined
  return { container: word.id, facts: { ...common(entry), ...factsOfRecord(entry, word) } }
}

/** Of two that happened at the same moment the one of the greater rank is the later. */
const at = (time: Nanoseconds, rank = 0): string => `${instantOf(time)} ${rank}`

function moment(field: string, time: Nanoseconds | undefined): Fact | undefined {
  return time === undefined ? undefined : { at: at(time), set: { [field]: instantOf(time) } }
}

function common(entry: Sequenced<LifeEntry | Record>): Facts {
  const { time, engine } = entry
  const { containerId, containerName: name, image, labels } = ecsSourceOf(entry)
  const seen = at(time)
  const isKnown = entry.kind === 'record' && entry.container !== undefined
  return present({
    seen: moment('@timestamp', time),
    id: { at: '', set: { 'container.id': containerId, 'docker.engine.id': engine.id } },
    host: { at: seen, set: { 'host.name': engine.name } },
    name: name ? { at: seen, set: { 'container.name': name } } : undefined,
    image: image && {
      at: seen,
      set: {
        'container.image.name': image.name ?? null,
        'container.image.tag': image.tag === undefined ? null : [image.tag],
      },
    },
    // They never change; among an event's attributes one may be missing.
    labels: labels && { at: isKnown ? '1' : '0', set: { 'container.labels': { ...labels } } },
  })
}

const STATUS = {
  create: 'created',
  start: 'running',
  unpause: 'running',
  pause: 'paused',
  die: 'exited',
  gone: 'removed',
} as const
const RANKS = { create: 1, start: 2, unpause: 2, pause: 3, exited: 4, die: 5, removed: 6, gone: 7 }

function factsOfRecord(record: Record, word: ContainerWord): Facts {
  const { time, origin } = record
  const { says, state } = word
  const status = says === 'facts' ? state?.status : STATUS[says as keyof typeof STATUS]
  const name = record.container?.name ?? record.event.attributes['name'] ?? ''
  const lineage = lineageOf(name, record.container?.labels ?? record.event.attributes).name
  return present({
    status:
      status === undefined
        ? undefined
        : {
            at: at(time, RANKS[says as keyof typeof RANKS]),
            set: { 'auditor.life.status': status, 'auditor.origin': origin },
          },
    lineage: lineage === '' ? undefined : lineageFact(record.container ? 1 : 0, time, lineage),
    created: moment('auditor.life.created', says === 'create' ? time : state?.createdAt),
    started: moment('auditor.life.started', says === 'start' ? time : state?.startedAt),
    removed: moment('auditor.life.removed', says === 'gone' ? time : undefined),
  })
}

/** The last run that ended and its cause come of its life entry alone, so that they belong together. */
function factsOfLife(life: LifeEntry): Facts {
  const { container, endedAt, startedAt, cause, time } = life
  return present({
    status: statusOfLife(life),
    lineage: lineageFact(2, time, life.lineage.name),
    created: moment('auditor.life.created', container.createdAt),
    started: moment('auditor.life.started', startedAt),
    removed: moment('auditor.life.removed', container.removedAt),
    end: {
      at: at(time, life.run),
      set: {
        'auditor.life.ended': endedAt === undefined ? null : instantOf(endedAt),
        'auditor.life.cause': cause,
        'auditor.life.signal': life.signal ?? null,
        'auditor.life.failure': life.failure ?? null,
        'auditor.life.notes': life.notes.length === 0 ? null : life.notes,
        'auditor.life.run': life.run,
        'auditor.life.number': life.number,
        'process.exit_code': life.exitCode ?? null,
      },
    },
  })
}

/** A life entry knows it best; an event's attributes may lack the labels it is read from. */
const lineageFact = (rank: number, time: Nanoseconds, name: string): Fact => ({
  at: `${rank} ${instantOf(time)}`,
  set: { 'auditor.life.lineage': name },
})

/** For those that are given life entries only; what a record says at the same moment wins. */
function statusOfLife({ container, endedAt, cause }: LifeEntry): Fact | undefined {
  const told = (status: 'exited' | 'removed', time: Nanoseconds): Fact => ({
    at: at(time, RANKS[status]),
    set: { 'auditor.life.status': status, 'auditor.origin': null },
  })
  if (container.removedAt !== undefined) return told('removed', container.removedAt)
  return endedAt === undefined || cause === 'start-failed' ? undefined : told('exited', endedAt)
}

function present(facts: Readonly<{ [side: string]: Fact | undefined }>): Facts {
  return Object.fromEntries(
    Object.entries(facts).filter((each): each is [string, Fact] => each[1] !== undefined),
  )
}
