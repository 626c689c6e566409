import type { Field } from './compile-fields.ts'
import { alertFields } from './ecs-fields-alert.ts'
import { auditorFields } from './ecs-fields-auditor.ts'
import { containerFields } from './ecs-fields-container.ts'
import { dockerFields } from './ecs-fields-docker.ts'
import { eventFields } from './ecs-fields-event.ts'
import { findingFields } from './ecs-fields-finding.ts'
import { lifeFields } from './ecs-fields-life.ts'
import { ecsUpdate } from './update-fields.ts'
import type { EcsSource } from './ecs-source.ts'

/** Elasticsearch's mapping types that the documents use. */
export type MappingType =
  | 'boolean'
  | 'date_nanos'
  | 'flattened'
  | 'ip'
  | 'keyword'
  | 'long'
  | 'match_only_text'
  /** An array of objects with `properties`. */
  | 'object'
  | 'wildcard'

/** One field of the documents: how it is mapped, what it means, where its value comes from. */
export interface EcsField extends Field<EcsSource> {
  readonly type: MappingType
  readonly description: string
  /** Of `object`: the mapping of the fields inside. */
  readonly properties?: Readonly<{ [name: string]: MappingType }>
}

/**
 * The one declaration of the documents: the formatter, the index template and the documentation
 * are derived from it. Names outside `docker.` and `auditor.` are fields of ECS 9 and mean what they
 * mean there.
 */
export const ecsFields: readonly EcsField[] = [
  ...eventFields,
  ...containerFields,
  ...dockerFields,
  ...auditorFields,
  ...ecsUpdate,
  ...lifeFields,
  ...findingFields,
  ...alertFields,
]
