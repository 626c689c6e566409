import { hash } from 'node:crypto'
import { ecsFields, type EcsField, type MappingType } from '../formats/ecs-fields.ts'
import { classicTemplate } from './classic-template.ts'
import { keptMs, type Lifetime } from './options.ts'
import type { Target } from './target.ts'

/** The component template with the mappings; shared by all targets of a cluster. */
export const MAPPINGS_TEMPLATE = 'auditor@mappings'

/** Above Elastic's own `logs` template (100), below what people write for themselves (500 is their habit). */
const PRIORITY = 300

/** Lucene refuses a term of more than 32,766 bytes, and with it the document: 8,191 characters fit. */
const IGNORE_ABOVE = 8191

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** In Elasticsearch's form, which has one unit: `30d`. */
export function retentionOf(options: Lifetime): string | undefined {
  const retention = keptMs(options)
  if (retention === undefined) return undefined
  const [unit, ms] = UNITS.find(([, each]) => retention % each === 0) ?? ['ms', 1]
  return `${retention / ms}${unit}`
}

/** The name of the index template of one target. */
export const templateName = ({ label }: Pick<Target, 'label'>): string => `auditor-${label}`

/** Mappings of every field; a field that is not declared is kept and not indexed. */
export function mappingsTemplate() {
  const mappings = { dynamic: false, properties: propertiesOf(ecsFields) }
  return ours({ template: { mappings } })
}

/**
 * The index template of one target. What people put into `auditor-NAME@custom` wins over the rest:
 * there is the place for replicas and more fields. Its `_meta.content` tells its contents apart but for
 * the lifetime, which `_meta.lifetime` does.
 */
export function indexTemplate(
  target: Pick<Target, 'label' | 'wildcard' | 'dataStream'>,
  options: Lifetime = {},
) {
  const custom = `${templateName(target)}@custom`
  const isClassic = options.format === 'classic'
  const own = isClassic ? classicTemplate : undefined
  const bare = ours({
    index_patterns: [isClassic ? `${target.wildcard}*`.replace(/\*+$/, '*') : target.wildcard],
    priority: PRIORITY,
    composed_of: [...(isClassic ? [] : [MAPPINGS_TEMPLATE]), custom],
    ignore_missing_component_templates: [custom],
    ...(target.dataStream ? { data_stream: {} } : {}),
    ...(own === undefined ? {} : { template: own }),
  })
  const { _meta: meta } = bare
  const { ilmPolicy } = options
  const retention = retentionOf(options)
  if (retention !== undefined) {
    const template = { ...own, lifecycle: { data_retention: retention } }
    return { ...bare, template, _meta: { ...meta, lifetime: retention } }
  }
  if (ilmPolicy === undefined) return bare
  const template = { ...own, settings: { ...own?.settings, 'index.lifecycle.name': ilmPolicy } }
  return { ...bare, template, _meta: { ...meta, lifetime: ilmPolicy } }
}

/** The index template of life documents; above the others, for a name may fit a dated index's pattern. */
export function livesTemplate(name: string) {
  const custom = `${templateName({ label: name })}@custom`
  const time = mappingOf('date_nanos')
  const life = { status: mappingOf('keyword'), created: time, removed: time, ended: time }
  const auditor = { as_of: { type: 'object', enabled: false }, life: { properties: life } }
  return ours({
    index_patterns: [name],
    priority: PRIORITY + 1,
    composed_of: [MAPPINGS_TEMPLATE, custom],
    ignore_missing_component_templates: [custom],
    template: { mappings: { properties: { auditor: { properties: auditor } } } },
  })
}

/** As a template's `_meta.managed_by`. */
export const MANAGER = 'auditor'

/** Marks a template as this program's, so that it may be renewed, and tells its contents apart. */
function ours<T extends object>(template: T) {
  const content = hash('sha256', JSON.stringify(template), 'hex').slice(0, 16)
  return { ...template, _meta: { managed_by: MANAGER, content } }
}

interface Properties {
  [name: string]: Property | { properties: Properties }
}

type Property = Readonly<{ [setting: string]: unknown }>

function propertiesOf(fields: readonly EcsField[]): Properties {
  const root: Properties = {}
  for (const { field, type, properties } of fields) {
    const path = field.split('.')
    const name = path.pop()!
    let level = root
    for (const step of path) {
      const branch = (level[step] ??= { properties: {} }) as { properties: Properties }
      level = branch.properties
    }
    level[name] =
      properties === undefined
        ? mappingOf(type)
        : { properties: Object.fromEntries(Object.entries(properties).map(mappedProperty)) }
  }
  return root
}

const mappedProperty = ([name, type]: [string, MappingType]) => [name, mappingOf(type)] as const

/** Plain types, which every distribution has: text finds what match_only_text finds. */
function mappingOf(type: MappingType): Property {
  if (type === 'match_only_text') return { type: 'text' }
  if (type === 'wildcard') return mappingOf('keyword')
  const bounded = type === 'keyword' || type === 'flattened'
  return bounded ? { type, ignore_above: IGNORE_ABOVE } : { type }
}
