import { AuditorError } from '../../model/errors.ts'
import { systemClock, type Clock } from '../../actors/clock.ts'
import { parsedJson } from '../wire/json.ts'
import type { Asset, AssetState, SinkAssets } from '../assets.ts'
import { connectElasticsearch, type Answer, type ElasticConnection } from './connection.ts'
import type { ElasticsearchOptions, Lifetime } from './options.ts'
import { complaint } from './said.ts'
import { targetOf } from './target.ts'
import {
  MANAGER,
  MAPPINGS_TEMPLATE,
  indexTemplate,
  livesTemplate,
  mappingsTemplate,
  retentionOf,
  templateName,
} from './template.ts'

/** The templates that a target needs, in the order in which they are put. */
function templatesFor(options: Lifetime) {
  const target = targetOf(options)
  const index = {
    path: `/_index_template/${templateName(target)}`,
    body: indexTemplate(target, options),
  }
  if (options.format === 'classic') return [index] // has its mappings within
  const mappings = { path: `/_component_template/${MAPPINGS_TEMPLATE}`, body: mappingsTemplate() }
  const { lives } = options
  if (lives === undefined) return [mappings, index]
  const path = `/_index_template/${templateName({ label: lives })}`
  return [mappings, index, { path, body: livesTemplate(lives) }]
}

/** What `auditor assets` prints and installs. */
export function elasticsearchAssets(
  options: ElasticsearchOptions,
  clock: Clock = systemClock,
): SinkAssets {
  const assets = templatesFor(options).map((asset): Asset => ({ method: 'PUT', ...asset }))
  return {
    assets,
    async install(signal) {
      const connection = connectElasticsearch(options, clock)
      try {
        return await installAssets(connection, options, signal)
      } finally {
        await connection.close()
      }
    },
  }
}

/**
 * Installs the templates where there are none, and renews those that an earlier version of this
 * program installed, or this one for another lifetime, if one is wanted; else the lifetime stays. One
 * of the same name that somebody else made is left alone. A template speaks of data streams to come:
 * one that exists is given the wanted retention.
 *
 * @throws AuditorError `sink-unreachable`, naming the cure
 */
export async function installAssets(
  connection: ElasticConnection,
  options: Lifetime,
  signal: AbortSignal,
): Promise<readonly AssetState[]> {
  const states: AssetState[] = []
  for (const { path, body } of templatesFor(options)) {
    const found = await connection.ask({ method: 'GET', path }, signal)
    const isThere = found.status === 200
    if (!isThere && (found.status !== 404 || found.isForeign === true))
      throw refusal(connection, path, found)
    const present: Template = isThere ? templateIn(found.text) : {}
    const { _meta: meta } = present
    if (isThere && meta?.managed_by !== MANAGER) {
      states.push({ path, state: 'not ours' })
    } else if (isUpToDate(present, body)) {
      states.push({ path, state: 'up to date' })
    } else {
      await put(connection, path, keepingLifetime(body, present), signal)
      states.push({ path, state: isThere ? 'renewed' : 'installed' })
    }
  }
  const { name, dataStream } = targetOf(options)
  const retention = retentionOf(options)
  if (!dataStream || retention === undefined) return states
  const state = await keepFor(connection, name, retention, signal)
  return state === undefined ? states : [...states, state]
}

/** Nothing where the data stream is yet to come. */
async function keepFor(
  connection: ElasticConnection,
  name: string,
  retention: string,
  signal: AbortSignal,
): Promise<AssetState | undefined> {
  const path = `/_data_stream/${encodeURIComponent(name)}/_lifecycle`
  const found = await connection.ask({ method: 'GET', path }, signal)
  if (found.status === 404) return undefined
  if (found.status === 400 || found.status === 405) return { path, state: 'not supported' }
  if (found.status !== 200) throw refusal(connection, path, found)
  const { data_streams: [stream] = [] } = parsedJson(found.text) as LifecycleAnswer
  if (stream === undefined) return undefined
  if (stream.lifecycle?.data_retention === retention) return { path, state: 'up to date' }
  await put(connection, path, { data_retention: retention }, signal)
  return { path, state: stream.lifecycle === undefined ? 'installed' : 'renewed' }
}

interface LifecycleAnswer {
  readonly data_streams?: readonly { readonly lifecycle?: { readonly data_retention?: string } }[]
}

async function put(
  connection: ElasticConnection,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<void> {
  const answer = await connection.ask({ method: 'PUT', path, body }, signal)
  if (answer.status >= 300) throw refusal(connection, path, answer)
}

function refusal(connection: ElasticConnection, path: string, answer: Answer): AuditorError {
  const privilege = path.endsWith('/_lifecycle')
    ? 'manage_data_stream_lifecycle'
    : 'manage_index_templates'
  const cure =
    answer.status === 401
      ? ' (check username and password, or apiKey)'
      : answer.status === 403
        ? ` (grant ${privilege}, or let somebody install what \`auditor assets\` prints and set template: false)`
        : /same priority/.test(answer.text)
          ? ' (an index template of the same priority is in the way: give it another one, write elsewhere, or set template: false)'
          : ''
  const said = complaint(answer, ` to ${path}`, cure, connection.excerpt)
  return new AuditorError('sink-unreachable', said)
}

interface Template {
  readonly _meta?: {
    readonly managed_by?: unknown
    readonly content?: unknown
    readonly lifetime?: unknown
  }
  readonly template?: object
}

function isUpToDate({ _meta: is }: Template, { _meta: wanted }: Template): boolean {
  if (is?.content !== wanted?.content) return false
  return wanted?.lifetime === undefined || wanted.lifetime === is?.lifetime
}

function keepingLifetime(wanted: Template, { _meta: is, template }: Template): Template {
  const { _meta: meta } = wanted
  if (is?.lifetime === undefined || meta?.lifetime !== undefined) return wanted
  return { ...wanted, template: template ?? {}, _meta: { ...meta, lifetime: is.lifetime } }
}

/** Of `{"index_templates":[{"index_template":...}]}`, and the same with component templates. */
function templateIn(text: string): Template {
  const answer = parsedJson(text) as TemplateAnswer | null | undefined
  const { index_template: ofIndex } = answer?.index_templates?.[0] ?? {}
  const { component_template: ofComponent } = answer?.component_templates?.[0] ?? {}
  return ofIndex ?? ofComponent ?? {}
}

interface TemplateAnswer {
  readonly index_templates?: readonly { readonly index_template?: Template }[]
  readonly component_templates?: readonly { readonly component_template?: Template }[]
}
