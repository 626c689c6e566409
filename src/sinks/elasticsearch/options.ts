import { z, type infer as Infer } from 'zod'
import type { UriParts } from '../../config/option-declaration.ts'
import {
  durationMs,
  expected,
  flag,
  integer,
  listOf,
  secret,
  text,
} from '../../config/option-types.ts'
import { hostsOf } from '../../config/uri-hosts.ts'
import { commonOptions } from '../common-options.ts'
import { certWithKey, tlsOptions } from '../wire/tls.ts'

const NODE = 'http://127.0.0.1:9200'
const DATA_STREAM = 'logs-docker.audit-default'
/** The index of the old program. */
const CLASSIC_DATA_STREAM = 'containers'
const CLASSIC_RETENTION_MS = 24 * 60 * 60 * 1000

export const elasticsearchOptions = z
  .strictObject({
    ...commonOptions({ every: '500ms' }),
    urls: listOf(nodeUrl())
      .prefault([NODE])
      .describe('One or several nodes of the cluster, as http(s) addresses; they take turns'),
    username: text().optional().describe('User; needs password'),
    password: secret().optional().describe('Its password'),
    apiKey: secret()
      .optional()
      .describe('API key in its encoded form, instead of user and password'),
    bearer: secret().optional().describe('A bearer token, instead of user and password'),
    ...tlsOptions(),
    dataStream: targetName()
      .optional()
      .describe(
        `The data stream to write to; default ${DATA_STREAM}, with the format classic ${CLASSIC_DATA_STREAM}`,
      ),
    index: targetName().optional().describe('A plain index to write to, instead of a data stream'),
    template: flag()
      .prefault(true)
      .describe('Whether an index template is installed where there is none'),
    retention: durationMs({ min: '1h' })
      .optional()
      .describe(
        'How long the data stream keeps documents; default: what the cluster says, with the format classic 1d',
      ),
    ilmPolicy: targetName()
      .optional()
      .describe('An index lifecycle policy of the cluster for new indices, instead of retention'),
    format: z
      .enum(['ecs', 'classic'], expected('ecs or classic'))
      .default('ecs')
      .describe(
        'How an entry is written: ecs (Elastic Common Schema) or classic (services only, as the old programs of a profile)',
      ),
    gzip: flag().prefault(false).describe('Whether requests are compressed'),
    inFlight: integer({ min: 1, max: 4 })
      .prefault(2)
      .describe('Most requests at once; 1: the next one begins when the last is answered'),
  })
  .superRefine((options, context) => {
    const complain = (message: string, field: string): void =>
      context.addIssue({ code: 'custom', message, path: [field] })
    certWithKey(options, context)
    if ((options.username === undefined) !== (options.password === undefined))
      complain('username and password go together', 'username')
    const { username, apiKey, bearer } = options
    if ([username, apiKey, bearer].filter((each) => each !== undefined).length > 1)
      complain('one of a user, an API key and a bearer token, not several', 'username')
    if (options.dataStream !== undefined && options.index !== undefined)
      complain('either a data stream or a plain index, not both', 'index')
    if (options.retention !== undefined && options.index !== undefined)
      complain('a plain index has no retention of its own: set ilmPolicy', 'retention')
    if (options.retention !== undefined && options.ilmPolicy !== undefined)
      complain('either retention or an ILM policy, not both', 'ilmPolicy')
  })

export type ElasticsearchOptions = Infer<typeof elasticsearchOptions>

/** Where documents go. */
export interface Target {
  readonly name: string
  readonly dataStream: boolean
}

type TargetOptions = Partial<Pick<ElasticsearchOptions, 'dataStream' | 'index' | 'format'>>

export function targetOf({ dataStream, index, format }: TargetOptions): Target {
  if (index !== undefined) return { name: index, dataStream: false }
  const usual = format === 'classic' ? CLASSIC_DATA_STREAM : DATA_STREAM
  return { name: dataStream ?? usual, dataStream: true }
}

export type Lifetime = TargetOptions &
  Partial<Pick<ElasticsearchOptions, 'retention' | 'ilmPolicy'>>

/** How long a data stream keeps documents, in ms; `undefined`: nothing is said of it. */
export function keptMs({ retention, ilmPolicy, format, index }: Lifetime): number | undefined {
  const isClassic = format === 'classic' && index === undefined && ilmPolicy === undefined
  return retention ?? (isClassic ? CLASSIC_RETENTION_MS : undefined)
}

/** `elastic:`, `elasticsearch+https://user:password@es1:9200,es2:9200/data-stream`. */
export function elasticsearchFromUri(parts: UriParts): { readonly [option: string]: unknown } {
  const protocol = parts.scheme.endsWith('+https') ? 'https' : 'http'
  const hosts = hostsOf(parts, { host: '127.0.0.1', port: 9200 })
  const dataStream = parts.path.replace(/^\//, '')
  return {
    urls: (hosts.length === 0 ? ['127.0.0.1:9200'] : hosts).map((host) => `${protocol}://${host}`),
    ...(parts.username ? { username: parts.username } : {}),
    ...(parts.password ? { password: parts.password } : {}),
    ...(dataStream === '' ? {} : { dataStream }),
  }
}

function nodeUrl() {
  const wanted = expected('an address such as https://es:9200, without a user')
  return z.string().superRefine((value, context) => {
    const url = URL.parse(value)
    // A password may stand in it: the value itself is not repeated.
    if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== '')
      context.addIssue({ code: 'custom', message: wanted.error({ input: url?.host ?? '' }) })
  })
}

/** Elasticsearch's own rule for names, which data streams follow too. */
function targetName() {
  return z.string().regex(/^[a-z0-9.][^A-Z\\/*?"<>| ,#:]{0,253}$/, {
    error: 'expected a name in lower case, without blanks and \\ / * ? " < > | , # :',
  })
}
