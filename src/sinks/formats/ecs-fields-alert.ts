import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'

/** What a rule has to tell (docs/alerts.md). */
export const alertFields: readonly EcsField[] = [
  {
    field: 'rule.name',
    type: 'keyword',
    description: 'Of an alert: the rule',
    value: ({ alert }) => alert?.rule,
  },
  {
    field: 'auditor.alert.state',
    type: 'keyword',
    description: 'firing or resolved',
    value: ({ alert }) => alert?.state,
  },
  {
    field: 'auditor.alert.group',
    type: 'keyword',
    description: "Whom it is about: what the rule's matches are grouped by",
    value: ({ alert }) => alert?.group,
  },
  {
    field: 'auditor.alert.lineage',
    type: 'keyword',
    description: 'What people call it: compose service and number, swarm service and slot, or name',
    value: ({ alert }) => alert?.lineage?.name,
  },
  {
    field: 'auditor.alert.opening',
    type: 'keyword',
    description: 'The entry the alert opened with: the same for all that is told of it',
    value: ({ alert }) => alert?.opening,
  },
  {
    field: 'auditor.alert.since',
    type: 'date_nanos',
    description: 'When that happened',
    value: ({ alert }) => (alert === undefined ? undefined : instantOf(alert.since)),
  },
  {
    field: 'auditor.alert.matches',
    type: 'long',
    description: 'How often the rule has matched in this alert by now',
    value: ({ alert }) => alert?.matches,
  },
  {
    field: 'auditor.alert.evidence',
    type: 'keyword',
    description: 'The ids of the entries that matched last',
    value: ({ alert }) => alert?.evidence,
  },
]
