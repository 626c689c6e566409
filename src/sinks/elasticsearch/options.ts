import { z, type infer as Infer } from 'zod'
import type { UriParts } from '../../config/option-declaration.ts'
import {
  bytes,
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
import { compilePattern, patternError, unknownPattern } from '../time-pattern.ts'
import { certWithKey, tlsOptions } from '../wire/tls.ts'
import { userOf } from '../wire/tunnel.ts'
import { CLASSIC_DATA_STREAM, DATA_STREAM, type TargetOptions } from './target.ts'

const NODE = 'http://127.0.0.1:9200'
const CLASSIC_RETENTION_MS = 24 * 60 * 60 * 1000

/** Elasticsearch's own rule for names, which data streams follow too. */
const NAME = /^[a-z0-9.][^A-Z\\/*?"<>| ,#:]{0,253}$/
const NAME_WANTED = 'expected a name in lower case, without blanks and \\ / * ? " < > | , # :'

export const elasticsearchOptions = z
  .strictObject({
    ...commonOptions({ every: '500ms' }),
    urls: listOf(nodeUrl())
      .prefault([NODE])
      .describe('One or several nodes of the cluster, as http(s) addresses; they take turns'),
    cloudId: cloudId().optional().describe('The deployment in Elastic Cloud, instead of urls'),
    proxy: proxyUrl()
      .optional()
      .describe('HTTP proxy on the way to the nodes, as http://user:password@proxy:3128'),
    username: text().optional().describe('User; needs password'),
    password: secret().optional().describe('Its password'),
    apiKey: secret()
      .optional()
      .describe('API key in its encoded form, instead of user and password'),
    bearer: secret().optional().describe('A bearer token, instead of user and password'),
    ...tlsOptions(),
    fingerprint: z
      .string()
      .regex(/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, {
        error: 'expected a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without',
      })
      .optional()
      .describe('SHA-256 fingerprint of the authority to trust, instead of ca'),
    dataStream: targetName()
      .optional()
      .describe(
        `The data stream to write to; default ${DATA_STREAM}, with the format classic ${CLASSIC_DATA_STREAM}`,
      ),
    index: indexName()
      .optional()
      .describe(
        "A plain index to write to, instead of a data stream; %Y, %m, %d and %H stand for the entry's time in UTC",
      ),
    lives: targetName()
      .optional()
      .describe(
        "An index with one document for each container's life, kept up to date beside the entries; default none",
      ),
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
    maxRequest: bytes({ min: '1KiB', max: '1GiB' })
      .prefault('10MiB')
      .describe(
        'Size of the largest request before compression: larger batches are halved; an entry beyond it becomes a dead letter',
      ),
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
    if (options.ca !== undefined && options.fingerprint !== undefined)
      complain('either ca or fingerprint, not both', 'fingerprint')
    if (options.cloudId !== undefined && options.urls.join() !== NODE)
      complain('either urls or cloudId, not both', 'cloudId')
    else if (options.fingerprint !== undefined && nodesOf(options).some(isPlain))
      complain('is of no use without https', 'fingerprint')
    const { username, apiKey, bearer } = options
    if ([username, apiKey, bearer].filter((each) => each !== undefined).length > 1)
      complain('one of a user, an API key and a bearer token, not several', 'username')
    if (options.dataStream !== undefined && options.index !== undefined)
      complain('either a data stream or a plain index, not both', 'index')
    if (options.lives !== undefined && options.format === 'classic')
      complain('is of no use with the format classic: set format: ecs', 'lives')
    const { lives, index, dataStream = DATA_STREAM } = options
    if (lives === (index ?? dataStream)) complain('needs an index of its own', 'lives')
    if (options.retention !== undefined && options.index !== undefined)
      complain('a plain index has no retention of its own: set ilmPolicy', 'retention')
    if (options.retention !== undefined && options.ilmPolicy !== undefined)
      complain('either retention or an ILM policy, not both', 'ilmPolicy')
  })

export type ElasticsearchOptions = Infer<typeof elasticsearchOptions>

/** The addresses of the nodes. */
export function nodesOf({
  urls,
  cloudId,
}: {
  readonly urls: readonly string[]
  readonly cloudId?: string | undefined
}): readonly string[] {
  return cloudId === undefined ? urls : [urlOfCloud(cloudId)]
}

export type Lifetime = TargetOptions &
  Partial<Pick<ElasticsearchOptions, 'retention' | 'ilmPolicy' | 'lives'>>

/** How long a data stream keeps documents, in ms; `undefined`: nothing is said of it. */
export function keptMs({ retention, ilmPolicy, format, index }: Lifetime): number | undefined {
  const isClassic = format === 'classic' && index === undefined && ilmPolicy === undefined
  return retention ?? (isClassic ? CLASSIC_RETENTION_MS : undefined)
}

const isPlain = (url: string): boolean => !url.startsWith('https:')

/** `elastic:`, `elasticsearch+https://user:password@es1:9200,es2:9200/data-stream`. */
export function elasticsearchFromUri(parts: UriParts): { readonly [option: string]: unknown } {
  const protocol = parts.scheme.endsWith('+https') ? 'https' : 'http'
  const hosts = hostsOf(parts, { host: '127.0.0.1', port: 9200 })
  const dataStream = parts.path.replace(/^\//, '')
  const nodes = hosts.length === 0 ? ['127.0.0.1:9200'] : hosts
  return {
    urls: nodes.map((host) => `${protocol}://${host}`),
    ...(parts.username ? { username: parts.username } : {}),
    ...(parts.password ? { password: parts.password } : {}),
    ...(dataStream === '' ? {} : { dataStream }),
  }
}

/** `NAME:` and, in base64, `HOST[:PORT]$ID[$...]`: the node is `https://ID.HOST[:PORT]`. */
function urlOfCloud(id: string): string {
  const [host = '', deployment = ''] = Buffer.from(id.slice(id.lastIndexOf(':') + 1), 'base64')
    .toString()
    .split('$')
  return host === '' || deployment === '' ? '' : `https://${deployment}.${host}`
}

function cloudId() {
  return z.string().refine((id) => URL.canParse(urlOfCloud(id)), {
    error: 'expected a cloud id as Elastic Cloud shows it: NAME:bGV0dGVycw==',
  })
}

function hasReadableUser(proxy: string): boolean {
  try {
    return userOf(proxy).username !== undefined
  } catch {
    return false // signs that should have been percent-encoded
  }
}

/** A password may stand in it: the value itself is never repeated. */
function proxyUrl() {
  return secret().superRefine((value, context) => {
    if (URL.parse(value)?.protocol === 'http:' && hasReadableUser(value)) return
    const message = 'expected an address such as http://proxy:3128, or http://user:password@proxy'
    context.addIssue({ code: 'custom', message })
  })
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

function targetName() {
  return z.string().regex(NAME, { error: NAME_WANTED })
}

/** A name, or one with patterns, which begins with what all of its indices have in common. */
function indexName() {
  return z.string().superRefine((text, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message })
    if (unknownPattern(text) !== undefined) complain(patternError(text))
    else if (!NAME.test(compilePattern(text)(0n))) complain(NAME_WANTED)
    else if (text.startsWith('%')) complain('expected a name before the first %: audit-%Y.%m.%d')
  })
}
