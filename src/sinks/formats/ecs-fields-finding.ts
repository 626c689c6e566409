import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'

/** What was found out about containers (docs/findings.md). */
export const findingFields: readonly EcsField[] = [
  {
    field: 'auditor.finding.name',
    type: 'keyword',
    description: 'restart-loop, flapping-health, image-moved or posture (docs/findings.md)',
    value: ({ finding }) => finding?.finding,
  },
  {
    field: 'auditor.finding.state',
    type: 'keyword',
    description: 'opened, resolved; noted for what has no end',
    value: ({ finding }) => finding?.state,
  },
  {
    field: 'auditor.finding.lineage',
    type: 'keyword',
    description: 'What people call it: compose service and number, swarm service and slot, or name',
    value: ({ finding }) => finding?.lineage.name,
  },
  {
    field: 'auditor.finding.since',
    type: 'date_nanos',
    description: 'When it began, where it has a beginning',
    value: ({ finding }) => (finding?.since === undefined ? undefined : instantOf(finding.since)),
  },
  {
    field: 'auditor.finding.details',
    type: 'keyword',
    description: 'Of this one: images, what stands out',
    value: ({ finding }) =>
      finding === undefined || finding.details.length === 0 ? undefined : finding.details,
  },
  {
    field: 'auditor.finding.numbers',
    type: 'flattened',
    description: 'How often, in how long, how grave',
    value: ({ finding }) => finding?.numbers,
  },
  {
    field: 'auditor.finding.evidence',
    type: 'keyword',
    description: 'The ids of the entries it rests on; of many the last ones',
    value: ({ finding }) => finding?.evidence,
  },
]
