import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'

export const auditorFields: readonly EcsField[] = [
  {
    field: 'auditor.kind',
    type: 'keyword',
    description: 'record, gap, life, finding, alert or marker',
    value: ({ entry }) => entry.kind,
  },
  {
    field: 'auditor.epoch',
    type: 'keyword',
    description: 'Which journal it came from; event.sequence and event.hash are of that one',
    value: ({ entry }) => entry.seal?.epoch,
  },
  {
    field: 'auditor.origin',
    type: 'keyword',
    description: 'observed: the engine sent it; snapshot: read by listing; inferred: concluded',
    value: ({ record }) => record?.origin,
  },
  {
    field: 'auditor.inferred.earliest',
    type: 'date_nanos',
    description: 'Of what was concluded: when it happened at the earliest',
    value: ({ record }) => record?.inferred && instantOf(record.inferred.earliest),
  },
  {
    field: 'auditor.inferred.latest',
    type: 'date_nanos',
    description: 'Of what was concluded: when it happened at the latest',
    value: ({ record }) => record?.inferred && instantOf(record.inferred.latest),
  },
  {
    field: 'auditor.enrichment',
    type: 'keyword',
    description: "Where the container's facts come from: fresh, cached, missing or none",
    value: ({ record }) => record?.enrichment,
  },
  {
    field: 'auditor.flags',
    type: 'keyword',
    description: 'What to beware of, such as label-shadows-attribute',
    value: ({ record }) =>
      record === undefined || record.flags.length === 0 ? undefined : record.flags,
  },
  {
    field: 'auditor.gap.from',
    type: 'date_nanos',
    description: 'Where the interval begins in which events may have been lost',
    value: ({ gap }) => gap && instantOf(gap.from),
  },
  {
    field: 'auditor.gap.to',
    type: 'date_nanos',
    description: 'Where it ends',
    value: ({ gap }) => gap && instantOf(gap.to),
  },
  {
    field: 'auditor.gap.cause',
    type: 'keyword',
    description: 'agent-down, reconnect, engine-restart, overflow, journal-full or sink-quota',
    value: ({ gap }) => gap?.cause,
  },
  {
    field: 'auditor.gap.certainty',
    type: 'keyword',
    description: "certain: something was lost; possible: it can't be ruled out",
    value: ({ gap }) => gap?.certainty,
  },
  {
    field: 'auditor.gap.count',
    type: 'long',
    description: 'How many events were lost, where that is known',
    value: ({ gap }) => gap?.count,
  },
  {
    field: 'auditor.gap.sink',
    type: 'keyword',
    description: 'The sink that alone missed something',
    value: ({ gap }) => gap?.sink,
  },
  {
    field: 'auditor.marker.name',
    type: 'keyword',
    description: 'What happened to the recorder itself',
    value: ({ marker }) => marker?.marker,
  },
  {
    field: 'auditor.marker.data',
    type: 'flattened',
    description: "The marker's details",
    value: ({ marker }) => marker?.data,
  },
]
