import type { AlertEntry } from '../../model/alert.ts'
import type { ContainerFacts } from '../../model/container-facts.ts'
import { actionDetail, actionName, type DockerEvent } from '../../model/docker-event.ts'
import type { FindingEntry } from '../../model/finding.ts'
import { ENGINE_ATTRIBUTES } from '../../model/engine-attributes.ts'
import type { Gap, LifeEntry, Marker, Record, Sequenced } from '../../model/entry.ts'
import { splitImage, type ImageName } from './image-name.ts'
import { outcomeOfLife, type LifeEnd } from '../../model/life-end.ts'

type Labels = Readonly<{ [name: string]: string }>

/** An entry and what its fields have in common, worked out once a document. */
export interface EcsSource {
  readonly entry: Sequenced
  readonly record: Record | undefined
  readonly gap: Gap | undefined
  readonly marker: Marker | undefined
  readonly life: LifeEntry | undefined
  readonly finding: FindingEntry | undefined
  readonly alert: AlertEntry | undefined
  readonly event: DockerEvent | undefined
  /** `exec_create: date` -> `exec_create` and `date`; both empty for what is no record. */
  readonly action: string
  readonly detail: string
  readonly facts: ContainerFacts | undefined
  readonly containerId: string | undefined
  readonly containerName: string | undefined
  readonly image: ImageName | undefined
  /** The container's labels: from inspect, else the attributes that are not the engine's own. */
  readonly labels: Labels | undefined
  readonly end: LifeEnd
}

const nothing = {
  record: undefined,
  gap: undefined,
  marker: undefined,
  life: undefined,
  finding: undefined,
  alert: undefined,
  event: undefined,
  action: '',
  detail: '',
  facts: undefined,
  containerId: undefined,
  containerName: undefined,
  image: undefined,
  labels: undefined,
  end: {},
}

export function ecsSourceOf(entry: Sequenced): EcsSource {
  if (entry.kind === 'record') return sourceOfRecord(entry)
  if (entry.kind === 'gap') return { ...nothing, entry, gap: entry }
  if (entry.kind === 'life') return sourceOfLife(entry)
  if (entry.kind === 'finding') return sourceOfFinding(entry)
  if (entry.kind === 'alert') return { ...nothing, entry, alert: entry, ...containerOf(entry) }
  return { ...nothing, entry, marker: entry }
}

function sourceOfFinding(entry: Sequenced<FindingEntry>): EcsSource {
  return { ...nothing, entry, finding: entry, ...containerOf(entry) }
}

function containerOf({ container }: LifeEntry | FindingEntry | AlertEntry) {
  if (container === undefined) return {}
  return {
    containerId: container.id,
    containerName: container.name,
    image: container.image === '' ? undefined : splitImage(container.image),
  }
}

function sourceOfLife(entry: Sequenced<LifeEntry>): EcsSource {
  const { exitCode, startedAt, endedAt } = entry
  const length = startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt
  return {
    ...nothing,
    entry,
    life: entry,
    ...containerOf(entry),
    end: {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(length === undefined ? {} : { durationNanos: length }),
    },
  }
}

function sourceOfRecord(entry: Sequenced<Record>): EcsSource {
  const { event, container: facts } = entry
  const action = actionName(event.action)
  const ofContainer = event.type === 'container'
  const image = facts?.image.name ?? (ofContainer ? event.attributes['image'] : undefined)
  return {
    entry,
    record: entry,
    gap: undefined,
    marker: undefined,
    life: undefined,
    finding: undefined,
    alert: undefined,
    event,
    action,
    detail: actionDetail(event.action),
    facts,
    containerId: facts?.id ?? nonEmpty(ofContainer ? event.actorId : event.attributes['container']),
    // The name in the event is the name at that moment; inspect may have been asked later.
    containerName: nonEmpty(ofContainer ? event.attributes['name'] : undefined) ?? facts?.name,
    image: image === undefined || image === '' ? undefined : splitImage(image),
    labels: facts?.labels ?? (ofContainer ? labelsAmong(event.attributes) : undefined),
    end: outcomeOfLife(entry, action),
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

/** What is no label among a container event's attributes. */
const NO_LABELS: ReadonlySet<string> = new Set(['image', 'name', ...ENGINE_ATTRIBUTES])

function labelsAmong(attributes: Labels): Labels | undefined {
  let labels: { [name: string]: string } | undefined
  for (const name of Object.keys(attributes)) {
    if (NO_LABELS.has(name)) continue
    labels ??= Object.create(null) as { [name: string]: string }
    labels[name] = attributes[name]!
  }
  return labels
}
