import { otelAlert } from './otel-attributes-alert.ts'
import { otelUpdate } from './update-fields.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { EcsSource } from './ecs-source.ts'
import { instantOf } from './instant.ts'

/** What an attribute's value may be; `map` adds one attribute a key, with the key behind its name. */
export type AttributeValue =
  string | number | boolean | readonly string[] | Readonly<{ [key: string]: string | number }>

export interface OtelAttribute {
  readonly attribute: string
  readonly type: 'boolean' | 'string' | 'int' | 'string[]' | 'map'
  readonly description: string
  /** `undefined` leaves it out. */
  readonly value: (source: EcsSource) => AttributeValue | undefined
}

const time = (nanos: Nanoseconds | undefined): string | undefined =>
  nanos === undefined ? undefined : instantOf(nanos)

/** Of the resource: where it happened. */
export const otelResource: readonly OtelAttribute[] = [
  {
    attribute: 'host.name',
    type: 'string',
    description: "The engine's host",
    value: ({ entry }) => entry.engine?.name,
  },
  {
    attribute: 'docker.engine.id',
    type: 'string',
    description: "The engine's own id",
    value: ({ entry }) => entry.engine?.id,
  },
  {
    attribute: 'docker.engine.version',
    type: 'string',
    description: 'Its version',
    value: ({ entry }) => entry.engine?.version,
  },
]

/**
 * Of the log record. Names outside `docker.` and `auditor.` are attributes of OpenTelemetry's semantic
 * conventions and mean what they mean there.
 */
export const otelAttributes: readonly OtelAttribute[] = [
  {
    attribute: 'log.record.uid',
    type: 'string',
    description: 'The entry: the same event has the same id after restarts and replays',
    value: ({ entry }) => entry.id,
  },
  {
    attribute: 'container.id',
    type: 'string',
    description: 'The full id; also of the container a network or volume event speaks of',
    value: ({ containerId }) => containerId,
  },
  {
    attribute: 'container.name',
    type: 'string',
    description: 'Without the leading slash, as it was at that moment',
    value: ({ containerName }) => containerName,
  },
  {
    attribute: 'container.image.name',
    type: 'string',
    description: 'As the user typed it, without tag and digest',
    value: ({ image }) => image?.name,
  },
  {
    attribute: 'container.image.tags',
    type: 'string[]',
    description: 'The tag the user typed',
    value: ({ image }) => (image?.tag === undefined ? undefined : [image.tag]),
  },
  {
    attribute: 'container.image.id',
    type: 'string',
    description: "The engine's id of the image",
    value: ({ facts }) => (facts?.image.id === '' ? undefined : facts?.image.id),
  },
  {
    attribute: 'oci.manifest.digest',
    type: 'string',
    description: 'The digest the user pinned',
    value: ({ image }) => image?.digest,
  },
  {
    attribute: 'container.label',
    type: 'map',
    description: "The container's labels",
    value: ({ labels }) => labels,
  },
  {
    attribute: 'process.exit.code',
    type: 'int',
    description: 'Of `die` and `exec_die`, where it is certain',
    value: ({ end }) => end.exitCode,
  },
  {
    attribute: 'docker.event.type',
    type: 'string',
    description: 'container, image, network, volume, ...',
    value: ({ event }) => event?.type,
  },
  {
    attribute: 'docker.event.action',
    type: 'string',
    description: "The engine's action with its detail",
    value: ({ event }) => event?.action,
  },
  {
    attribute: 'docker.event.scope',
    type: 'string',
    description: 'local or swarm',
    value: ({ event }) => event?.scope,
  },
  {
    attribute: 'docker.event.actor.id',
    type: 'string',
    description: 'What it happened to',
    value: ({ event }) => (event?.actorId === '' ? undefined : event?.actorId),
  },
  {
    attribute: 'docker.event.actor.attribute',
    type: 'map',
    description: 'What the engine says of it; labels among them',
    value: ({ event }) => event?.attributes,
  },
  {
    attribute: 'auditor.kind',
    type: 'string',
    description: 'record, gap, life, finding, alert or marker',
    value: ({ entry }) => entry.kind,
  },
  {
    attribute: 'auditor.origin',
    type: 'string',
    description: 'observed, snapshot or inferred',
    value: ({ record }) => record?.origin,
  },
  {
    attribute: 'auditor.inferred.earliest',
    type: 'string',
    description: 'Of an inferred record: when it happened at the earliest',
    value: ({ record }) => time(record?.inferred?.earliest),
  },
  {
    attribute: 'auditor.inferred.latest',
    type: 'string',
    description: 'And at the latest',
    value: ({ record }) => time(record?.inferred?.latest),
  },
  {
    attribute: 'auditor.sequence',
    type: 'int',
    description: "The entry's place in the journal it came from",
    value: ({ entry }) => entry.seq,
  },
  {
    attribute: 'auditor.epoch',
    type: 'string',
    description: 'Which journal that is',
    value: ({ entry }) => entry.seal?.epoch,
  },
  {
    attribute: 'auditor.hash',
    type: 'string',
    description: 'The hash of the journal up to and with this entry (see verify.md)',
    value: ({ entry }) => entry.seal?.hash,
  },
  {
    attribute: 'auditor.flags',
    type: 'string[]',
    description: 'label-shadows-attribute: what the engine says may come from a label',
    value: ({ record }) =>
      record === undefined || record.flags.length === 0 ? undefined : record.flags,
  },
  {
    attribute: 'auditor.gap.from',
    type: 'string',
    description: 'Since when events may be missing',
    value: ({ gap }) => time(gap?.from),
  },
  {
    attribute: 'auditor.gap.to',
    type: 'string',
    description: 'And until when',
    value: ({ gap }) => time(gap?.to),
  },
  {
    attribute: 'auditor.gap.cause',
    type: 'string',
    description: 'Why (see gaps.md)',
    value: ({ gap }) => gap?.cause,
  },
  {
    attribute: 'auditor.gap.certainty',
    type: 'string',
    description: 'certain or possible',
    value: ({ gap }) => gap?.certainty,
  },
  {
    attribute: 'auditor.gap.count',
    type: 'int',
    description: 'How many events, where that is known',
    value: ({ gap }) => gap?.count,
  },
  {
    attribute: 'auditor.gap.sink',
    type: 'string',
    description: 'The sink that alone missed something',
    value: ({ gap }) => gap?.sink,
  },
  ...otelUpdate,
  {
    attribute: 'auditor.life.cause',
    type: 'string',
    description: 'Why a run of a container ended (see causes.md)',
    value: ({ life, record }) => life?.cause ?? record?.cause?.cause,
  },
  {
    attribute: 'auditor.life.provisional',
    type: 'boolean',
    description: 'True on a die: the life entry tells what it came to',
    value: ({ record }) => record?.cause?.provisional,
  },
  {
    attribute: 'auditor.life.lineage',
    type: 'string',
    description: 'Compose service and number, swarm service and slot, or name',
    value: ({ life }) => life?.lineage.name,
  },
  {
    attribute: 'auditor.life.number',
    type: 'int',
    description: 'Which run of its lineage it was, since the journal began',
    value: ({ life }) => life?.number,
  },
  {
    attribute: 'auditor.finding.name',
    type: 'string',
    description: 'restart-loop, flapping-health, image-moved or posture (see findings.md)',
    value: ({ finding }) => finding?.finding,
  },
  {
    attribute: 'auditor.finding.state',
    type: 'string',
    description: 'opened, resolved or noted',
    value: ({ finding }) => finding?.state,
  },
  {
    attribute: 'auditor.finding.lineage',
    type: 'string',
    description: 'Compose service and number, swarm service and slot, or name',
    value: ({ finding }) => finding?.lineage.name,
  },
  {
    attribute: 'auditor.finding.since',
    type: 'string',
    description: 'When it began, where it has a beginning',
    value: ({ finding }) => time(finding?.since),
  },
  {
    attribute: 'auditor.finding.details',
    type: 'string[]',
    description: 'Of this one: images, what stands out',
    value: ({ finding }) =>
      finding === undefined || finding.details.length === 0 ? undefined : finding.details,
  },
  {
    attribute: 'auditor.finding.number',
    type: 'map',
    description: 'How often, in how long, how grave',
    value: ({ finding }) => finding?.numbers,
  },
  ...otelAlert,
  {
    attribute: 'auditor.marker.name',
    type: 'string',
    description: 'What happened to the recorder',
    value: ({ marker }) => marker?.marker,
  },
  {
    attribute: 'auditor.marker.data',
    type: 'map',
    description: "The marker's details",
    value: ({ marker }) => marker?.data,
  },
]
