import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../actors/clock.ts'
import { AuditorError, asError } from '../../model/errors.ts'
import { readBody } from '../wire/body.ts'
import { excerptWithout, formsOf, type Excerpt } from '../wire/excerpt.ts'
import { lazy } from '../wire/lazy.ts'
import { poolMaker } from '../wire/pool.ts'
import { retryAfterMs } from '../wire/retry-after.ts'
import { readTls } from '../wire/tls.ts'
import { userOf } from '../wire/tunnel.ts'
import { createAgent } from './agent.ts'
import { nodesOf, type ElasticsearchOptions } from './options.ts'

/** Refusals of 10,000 documents fit; nothing the server says takes more memory than this. */
const LARGEST_ANSWER = 32 * 1024 * 1024

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: { readonly [name: string]: string }
  /** An object is written as JSON. */
  readonly body?: object
  /** Lines for `_bulk`, as they are sent. */
  readonly lines?: string
  /** An answer that is too long is an answer: its `text` is empty. Default false. */
  readonly mayBeTooLong?: boolean
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** What the server asked for by `Retry-After`. */
  readonly afterMs?: number
  readonly isTooLong?: boolean
  /** Where a redirect leads. */
  readonly location?: string
  /** It lacks what Elasticsearch says of itself in such an answer: a proxy or another server gave it. */
  readonly isForeign?: boolean
}

/** Answers that Elasticsearch gives before it says who it is. */
const ANONYMOUS: ReadonlySet<number> = new Set([401, 403, 413])

/** The connections to one cluster. Nothing is retried here, and answers are bounded. */
export interface ElasticConnection {
  readonly excerpt: Excerpt
  /** @throws AuditorError `sink-unreachable` where no answer of an Elasticsearch came */
  ask(request: Request, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

export function connectElasticsearch(
  options: ElasticsearchOptions,
  clock: Clock,
): ElasticConnection {
  const secrets = [
    ...formsOf(options.username, options.password),
    options.apiKey ?? '',
    options.bearer ?? '',
    ...secretsOfProxy(options.proxy),
  ]
  const nodes = nodesOf(options).join(', ')
  const excerpt = excerptWithout(secrets)
  const client = lazy(() => createClient(options, excerpt))

  return {
    excerpt,
    async ask({ method, path, query, body, lines, mayBeTooLong }, signal) {
      try {
        const { transport } = await client.get()
        const {
          statusCode,
          headers,
          body: stream,
        } = await transport.request<AsyncIterable<Buffer>>(
          {
            method,
            path,
            ...(query === undefined ? {} : { querystring: query }),
            ...(body === undefined ? {} : { body }),
            ...(lines === undefined ? {} : { bulkBody: lines }),
          },
          { asStream: true, meta: true, signal, compression: options.gzip },
        )
        const { text, cut } = await readBody(stream, LARGEST_ANSWER)
        if (cut && mayBeTooLong === true) {
          return { status: statusCode ?? 0, text: '', isTooLong: true }
        }
        if (cut) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes: ${excerpt(text)}`)
        const afterMs = retryAfterMs(headers?.['retry-after'], clock.now())
        const { location, 'x-elastic-product': product } = headers ?? {}
        return {
          status: statusCode ?? 0,
          text,
          ...(afterMs === undefined ? {} : { afterMs }),
          ...(typeof location === 'string' ? { location } : {}),
          isForeign: product === undefined && !ANONYMOUS.has(statusCode ?? 0),
        }
      } catch (thrown) {
        // Without the error itself, which holds the whole request and may hold echoed secrets.
        const said = excerpt(asError(thrown).message)
        throw new AuditorError('sink-unreachable', `Elasticsearch (${nodes}): ${said}`)
      }
    },
    close: () => client.close(),
  }
}

function secretsOfProxy(proxy: string | undefined): readonly string[] {
  if (proxy === undefined) return []
  const { username, password } = userOf(proxy)
  return password === '' ? [] : [new URL(proxy).password, ...formsOf(username, password)]
}

async function createClient(options: ElasticsearchOptions, excerpt: Excerpt): Promise<Client> {
  const elastic = await import('@elastic/elasticsearch')
  const createPool = await poolMaker(readTls(options), options.timeout, options)
  type TransportOptions = ConstructorParameters<typeof elastic.SniffingTransport>[0]
  /** Elasticsearch 8 refuses the media types of version 9, which the client would ask for. */
  class PlainTransport extends elastic.SniffingTransport {
    constructor(options: TransportOptions) {
      super({ ...options, vendoredHeaders: {} })
    }
  }
  return new elastic.Client({
    Transport: PlainTransport,
    nodes: [...nodesOf(options)],
    maxRetries: 0,
    sniffOnStart: false,
    sniffOnConnectionFault: false,
    requestTimeout: options.timeout,
    agent: ({ url }) => createAgent(createPool(url.origin), excerpt),
    ...(options.apiKey === undefined ? {} : { auth: { apiKey: options.apiKey } }),
    ...(options.bearer === undefined ? {} : { auth: { bearer: options.bearer } }),
    ...(options.username === undefined || options.password === undefined
      ? {}
      : { auth: { username: options.username, password: options.password } }),
  })
}
