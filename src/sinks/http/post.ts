import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { Clock } from '../../actors/clock.ts'
import { excerptWithout, formsOf, type Excerpt } from '../wire/excerpt.ts'
import { lazy } from '../wire/lazy.ts'
import { poolMaker } from '../wire/pool.ts'
import { retryAfterMs } from '../wire/retry-after.ts'
import { readTls } from '../wire/tls.ts'
import type { HttpOptions } from './options.ts'
import type { HttpAnswer } from './verdict.ts'

const compressed = promisify(gzip)

/** How much of an answer is read; a connection with more on it is given up. */
const LARGEST_ANSWER = 64 * 1024

/** How long the text of an answer may take: its status has said everything already. */
const TEXT_MS = 1000

type Headers = Readonly<{ [name: string]: string }>

/** Posts to one address. */
export interface Poster {
  readonly excerpt: Excerpt
  /** Rejects where no answer came. */
  post(text: string, signal: AbortSignal, more?: Headers): Promise<HttpAnswer>
  close(): Promise<void>
}

/** @param secrets what must not be shown either, beside those of the options */
export function createPoster(
  options: Omit<HttpOptions, 'filter'>,
  clock: Clock,
  secrets: readonly string[] = [],
): Poster {
  const url = new URL(options.url)
  const path = url.pathname + url.search
  const headers = headersOf(options)
  const excerpt = excerptWithout([...secretsOf(options), ...secrets])
  const pool = lazy(async () => {
    const createPool = await poolMaker(readTls(options), options.timeout)
    return createPool(url.origin)
  })

  /** The beginning of the text, or as much of it as comes in time. */
  async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
    const cancel = clock.after(TEXT_MS, () => body.destroy())
    const chunks: Buffer[] = []
    let size = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        chunks.push(chunk)
        size += chunk.length
        if (size >= LARGEST_ANSWER) break
      }
    } catch {
      // Cut off in the middle: the status counts, and what came of the text is shown.
    } finally {
      cancel()
    }
    return Buffer.concat(chunks).toString()
  }

  return {
    excerpt,
    async post(text, signal, more = {}) {
      const body = options.gzip ? await compressed(text) : text
      const open = await pool.get()
      const answer = await open.request({
        method: 'POST',
        path,
        headers: { ...headers, ...more },
        body,
        signal,
      })
      const { location, 'retry-after': retryAfter } = answer.headers
      const afterMs = retryAfterMs(retryAfter, clock.now())
      return {
        status: answer.statusCode,
        said: excerpt(await textOf(answer.body)),
        ...(typeof location === 'string' ? { location: excerpt(location) } : {}),
        ...(afterMs === undefined ? {} : { afterMs }),
      }
    },
    close: () => pool.close(),
  }
}

function headersOf(options: Omit<HttpOptions, 'filter'>): Headers {
  const { username, password, token } = options
  const own = Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    'content-type': options.body === 'array' ? 'application/json' : 'application/x-ndjson',
    'user-agent': 'auditor',
    ...(options.gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(username === undefined || password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }),
    ...(Object.fromEntries(own) as { [name: string]: string }),
  }
}

function secretsOf({ username, password, token, headers }: Omit<HttpOptions, 'filter'>): string[] {
  return [...formsOf(username, password), token ?? '', ...Object.values(headers)]
}
