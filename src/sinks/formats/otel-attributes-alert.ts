import { instantOf } from './instant.ts'
import type { OtelAttribute } from './otel-attributes.ts'

/** What a rule has to tell (docs/alerts.md). */
export const otelAlert: readonly OtelAttribute[] = [
  {
    attribute: 'auditor.alert.rule',
    type: 'string',
    description: 'The rule that has something to tell (see alerts.md)',
    value: ({ alert }) => alert?.rule,
  },
  {
    attribute: 'auditor.alert.state',
    type: 'string',
    description: 'firing or resolved',
    value: ({ alert }) => alert?.state,
  },
  {
    attribute: 'auditor.alert.group',
    type: 'string',
    description: 'Whom it is about',
    value: ({ alert }) => alert?.group,
  },
  {
    attribute: 'auditor.alert.opening',
    type: 'string',
    description: 'The entry the alert opened with: the same for all that is told of it',
    value: ({ alert }) => alert?.opening,
  },
  {
    attribute: 'auditor.alert.since',
    type: 'string',
    description: 'When that happened',
    value: ({ alert }) => (alert === undefined ? undefined : instantOf(alert.since)),
  },
  {
    attribute: 'auditor.alert.matches',
    type: 'int',
    description: 'How often the rule has matched in this alert by now',
    value: ({ alert }) => alert?.matches,
  },
]
