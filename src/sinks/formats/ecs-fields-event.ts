import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'
import { messageOf } from './ecs-message.ts'
import type { EcsSource } from './ecs-source.ts'
import { eventKind, eventOutcome, eventReason } from './ecs-verdict.ts'
import { classOf } from './event-classes.ts'

const classOfSource = ({ event, action, life, finding }: EcsSource) => {
  if (life !== undefined) return LIFE
  if (finding !== undefined) return finding.finding === 'posture' ? POSTURE : FINDING
  return event === undefined ? undefined : classOf(event.type, action)
}

/** The end of a process, with its cause. */
const LIFE = { category: 'process', type: 'end' } as const
const FINDING = { category: 'process', type: 'info' } as const
const POSTURE = { category: 'configuration', type: 'info' } as const

export const eventFields: readonly EcsField[] = [
  {
    field: '@timestamp',
    type: 'date_nanos',
    description: 'When it happened, by the clock of the engine, to the nanosecond',
    value: ({ entry }) => instantOf(entry.time),
  },
  {
    field: 'ecs.version',
    type: 'keyword',
    description: 'The version of ECS these documents follow',
    value: () => '9.0.0',
  },
  {
    field: 'message',
    type: 'match_only_text',
    description: 'One sentence for people',
    value: messageOf,
  },
  {
    field: 'event.id',
    type: 'keyword',
    description: 'The entry: the same event has the same id after restarts and replays',
    value: ({ entry }) => entry.id,
  },
  {
    field: 'event.sequence',
    type: 'long',
    description: "The entry's place in the journal it came from",
    value: ({ entry }) => entry.seq,
  },
  {
    field: 'event.hash',
    type: 'keyword',
    description: 'The hash of the journal up to and with this entry (see verify.md)',
    value: ({ entry }) => entry.seal?.hash,
  },
  {
    field: 'event.kind',
    type: 'keyword',
    description:
      'event; alert; state for a snapshot; pipeline_error where something was or may be lost',
    value: eventKind,
  },
  {
    field: 'event.category',
    type: 'keyword',
    description: 'api, configuration, file, network, package or process',
    value: (source) => {
      const known = classOfSource(source)
      return known === undefined ? undefined : [known.category]
    },
  },
  {
    field: 'event.type',
    type: 'keyword',
    description: 'access, change, connection, creation, deletion, end, info, installation or start',
    value: (source) => {
      if (source.record?.origin === 'snapshot') return ['info']
      const known = classOfSource(source)
      return known === undefined ? undefined : [known.type]
    },
  },
  {
    field: 'event.action',
    type: 'keyword',
    description:
      "The engine's action without its detail; `gap`, `life`, `finding`, `alert`, or the marker's name",
    value: ({ action, entry, marker }) =>
      entry.kind === 'record' ? action : (marker?.marker ?? entry.kind),
  },
  {
    field: 'event.outcome',
    type: 'keyword',
    description: 'failure where a process ended with another code than 0, or events were lost',
    value: eventOutcome,
  },
  {
    field: 'event.reason',
    type: 'keyword',
    description: 'Why, where that is known for certain',
    value: eventReason,
  },
  {
    field: 'event.module',
    type: 'keyword',
    description: 'Always docker',
    value: () => 'docker',
  },
  {
    field: 'event.dataset',
    type: 'keyword',
    description: 'Always docker.audit',
    value: () => 'docker.audit',
  },
  {
    field: 'event.duration',
    type: 'long',
    description: 'How long the process that ended had run, or how long a gap is, in nanoseconds',
    value: ({ end, gap }) => (gap === undefined ? end.durationNanos : gap.to - gap.from),
  },
  {
    field: 'host.name',
    type: 'keyword',
    description: "The engine's host",
    value: ({ entry }) => entry.engine?.name,
  },
  {
    field: 'observer.product',
    type: 'keyword',
    description: 'Always auditor',
    value: () => 'auditor',
  },
  {
    field: 'observer.type',
    type: 'keyword',
    description: 'Always audit',
    value: () => 'audit',
  },
  {
    field: 'process.exit_code',
    type: 'long',
    description: 'Of die and exec_die; left out where a label may have replaced it',
    value: ({ end }) => end.exitCode,
  },
  {
    field: 'process.command_line',
    type: 'wildcard',
    description: 'Of exec_create and exec_start: the command, joined by blanks as the engine does',
    value: ({ action, detail }) =>
      action === 'exec_create' || action === 'exec_start' ? detail : undefined,
  },
]
