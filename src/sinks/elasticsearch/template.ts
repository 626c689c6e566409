import { hash } from 'node:crypto'
import { AuditorError } from '../../model/errors.ts'
import { ecsFields, type EcsField, type MappingType } from '../formats/ecs-fields.ts'
import { parsedJson } from '../wire/json.ts'
import type { Answer, ElasticConnection } from './connection.ts'
import type { Target } from './options.ts'
import { saidBy } from './said.ts'

/** The component template with the mappings; shared by all targets of a cluster. */
const MAPPINGS_TEMPLATE = 'auditor@mappings'

/** Above Elastic's own `logs` template (100), below what people write for themselves (500 is their habit). */
const PRIORITY = 300

/** Lucene refuses a term of more than 32,766 bytes, and with it the document: 8,191 characters fit. */
const IGNORE_ABOVE = 8191

/** The name of the index template of one target. */
const templateName = (target: Target): string => `auditor-${target.name}`

/** Mappings of every field; a field that is not declared is kept and not indexed. */
export function mappingsTemplate() {
  const mappings = { dynamic: false, properties: propertiesOf(ecsFields) }
  return ours({ template: { mappings } })
}

/**
 * The index template of one target. What people put into `auditor-NAME@custom` wins over the rest:
 * there is the place for replicas, lifecycle and more fields.
 */
export function indexTemplate(target: Target) {
  const custom = `${templateName(target)}@custom`
  return ours({
    index_patterns: [target.name],
    priority: PRIORITY,
    composed_of: [MAPPINGS_TEMPLATE, custom],
    ignore_missing_component_templates: [custom],
    ...(target.dataStream ? { data_stream: {} } : {}),
  })
}

/**
 * Installs both templates where there are none, and renews those that an earlier version of this
 * program installed. One of the same name that somebody else made is left alone.
 *
 * @throws AuditorError `sink-unreachable`, naming the cure
 */
export async function installTemplates(
  connection: ElasticConnection,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  const index = templateName(target)
  await install(connection, `/_component_template/${MAPPINGS_TEMPLATE}`, mappingsTemplate(), signal)
  await install(connection, `/_index_template/${index}`, indexTemplate(target), signal)
}

async function install(
  connection: ElasticConnection,
  path: string,
  template: ReturnType<typeof ours>,
  signal: AbortSignal,
): Promise<void> {
  const found = await connection.ask(
    { method: 'GET', path, query: { filter_path: '**._meta' } },
    signal,
  )
  if (found.status === 200) {
    const { _meta: wanted } = template
    const meta = metaOf(found.text)
    if (meta?.managed_by !== MANAGER || meta.content === wanted.content) return
  } else if (found.status !== 404) throw refusal(connection, path, found)
  const put = await connection.ask({ method: 'PUT', path, body: template }, signal)
  if (put.status >= 300) throw refusal(connection, path, put)
}

function refusal(connection: ElasticConnection, path: string, answer: Answer): AuditorError {
  const cure =
    answer.status === 401
      ? ' (check username and password, or apiKey)'
      : answer.status === 403
        ? ' (grant manage_index_templates, or install the template yourself and set template: false)'
        : ''
  const said = saidBy(answer.text, connection.excerpt)
  return new AuditorError(
    'sink-unreachable',
    `Elasticsearch answered ${answer.status} to ${path}${cure}: ${said}`,
  )
}

const MANAGER = 'auditor'

interface Meta {
  readonly managed_by?: unknown
  readonly content?: unknown
}

/** Marks a template as this program's, so that it may be renewed, and tells its contents apart. */
function ours<T extends object>(template: T) {
  const content = hash('sha256', JSON.stringify(template), 'hex').slice(0, 16)
  return { ...template, _meta: { managed_by: MANAGER, content } }
}

/** Of `{"index_templates":[{"index_template":{"_meta":...}}]}`, and the same with component templates. */
function metaOf(text: string): Meta | undefined {
  const answer = parsedJson(text) as TemplateAnswer | null | undefined
  const { _meta: ofIndex } = answer?.index_templates?.[0]?.index_template ?? {}
  const { _meta: ofComponent } = answer?.component_templates?.[0]?.component_template ?? {}
  return ofIndex ?? ofComponent
}

interface TemplateAnswer {
  readonly index_templates?: readonly { readonly index_template?: { readonly _meta?: Meta } }[]
  readonly component_templates?: readonly {
    readonly component_template?: { readonly _meta?: Meta }
  }[]
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
