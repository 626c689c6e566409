import type { FactValue } from '../../model/facts-diff.ts'
import type { EcsField } from './ecs-fields.ts'
import type { EcsSource } from './ecs-source.ts'
import type { OtelAttribute } from './otel-attributes.ts'

const ABOUT = {
  fields:
    "What an update of a container changed, by the names of docker's options: memory, memory-swap, memory-reservation, cpus, cpu-shares, cpuset-cpus, pids-limit, restart",
  before: 'What these were before; memory in bytes, 0 for none',
  after: 'What they are now',
  unknown:
    'Why it is not known what was changed: before or after (it was not seen), overlap (too much happened at once)',
}

function fields({ record }: EcsSource): readonly string[] | undefined {
  const update = record?.update
  return update === undefined || !('changes' in update) || update.changes.length === 0
    ? undefined
    : update.changes.map(({ field }) => field)
}

const values =
  (side: 'before' | 'after') =>
  ({ record }: EcsSource): Readonly<{ [field: string]: FactValue }> | undefined => {
    const update = record?.update
    return update === undefined || !('changes' in update) || update.changes.length === 0
      ? undefined
      : Object.fromEntries(update.changes.map((change) => [change.field, change[side]]))
  }

function unknown({ record }: EcsSource): string | undefined {
  const update = record?.update
  return update !== undefined && 'unknown' in update ? update.unknown : undefined
}

/** What `docker update` changed. */
export const ecsUpdate: readonly EcsField[] = [
  {
    field: 'auditor.update.fields',
    type: 'keyword',
    description: ABOUT.fields,
    value: fields,
  },
  {
    field: 'auditor.update.before',
    type: 'flattened',
    description: ABOUT.before,
    value: values('before'),
  },
  {
    field: 'auditor.update.after',
    type: 'flattened',
    description: ABOUT.after,
    value: values('after'),
  },
  { field: 'auditor.update.unknown', type: 'keyword', description: ABOUT.unknown, value: unknown },
]

export const otelUpdate: readonly OtelAttribute[] = [
  {
    attribute: 'auditor.update.fields',
    type: 'string[]',
    description: ABOUT.fields,
    value: fields,
  },
  {
    attribute: 'auditor.update.before',
    type: 'map',
    description: ABOUT.before,
    value: values('before'),
  },
  {
    attribute: 'auditor.update.after',
    type: 'map',
    description: ABOUT.after,
    value: values('after'),
  },
  {
    attribute: 'auditor.update.unknown',
    type: 'string',
    description: ABOUT.unknown,
    value: unknown,
  },
]
