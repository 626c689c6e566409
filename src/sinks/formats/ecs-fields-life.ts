import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'

/** How a run of a container ended. On a `die` only the cause as far as it was known then. */
export const lifeFields: readonly EcsField[] = [
  {
    field: 'auditor.life.cause',
    type: 'keyword',
    description: 'Why it ended: completed, crashed, oom, stopped, ... (docs/causes.md)',
    value: ({ life, record }) => life?.cause ?? record?.cause?.cause,
  },
  {
    field: 'auditor.life.provisional',
    type: 'boolean',
    description:
      'True on a die: more evidence may follow, and the life entry tells what it came to',
    value: ({ record }) => record?.cause?.provisional,
  },
  {
    field: 'auditor.life.evidence',
    type: 'keyword',
    description: 'The ids of the entries the cause rests on',
    value: ({ life, record }) => life?.evidence.map(({ id }) => id) ?? record?.cause?.evidence,
  },
  {
    field: 'auditor.life.notes',
    type: 'keyword',
    description: 'What has to be said beside the cause (docs/causes.md)',
    value: ({ life }) => (life === undefined || life.notes.length === 0 ? undefined : life.notes),
  },
  {
    field: 'auditor.life.signal',
    type: 'long',
    description: 'The signal that ended it, where that is known',
    value: ({ life }) => life?.signal,
  },
  {
    field: 'auditor.life.failure',
    type: 'match_only_text',
    description: "The engine's own words, where a start failed",
    value: ({ life }) => life?.failure,
  },
  {
    field: 'auditor.life.lineage',
    type: 'keyword',
    description: 'What people call it: compose service and number, swarm service and slot, or name',
    value: ({ life }) => life?.lineage.name,
  },
  {
    field: 'auditor.life.number',
    type: 'long',
    description: 'Which run of its lineage it was, since the journal began',
    value: ({ life }) => life?.number,
  },
  {
    field: 'auditor.life.run',
    type: 'long',
    description: 'Which run of its container it was',
    value: ({ life }) => life?.run,
  },
  {
    field: 'auditor.life.started',
    type: 'date_nanos',
    description: 'When it started, where that is known',
    value: ({ life }) => (life?.startedAt === undefined ? undefined : instantOf(life.startedAt)),
  },
  {
    field: 'auditor.life.started_by',
    type: 'keyword',
    description: 'restart: through the API; policy: by its restart policy',
    value: ({ life }) => life?.startedBy,
  },
  {
    field: 'auditor.life.ooms',
    type: 'long',
    description: 'How often the engine told that it, or a child of it, ran out of memory',
    value: ({ life }) => life?.ooms,
  },
  {
    field: 'auditor.life.execs',
    type: 'long',
    description: 'Commands that were run in it, not counting its own health checks',
    value: ({ life }) => life?.execs,
  },
  {
    field: 'auditor.life.health_flips',
    type: 'long',
    description: 'How often its health changed after it was known',
    value: ({ life }) => life?.healthFlips,
  },
]
