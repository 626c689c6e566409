import { systemClock, type Clock } from '../../actors/clock.ts'
import type { EntryId } from '../../model/entry.ts'
import { AuditorError } from '../../model/errors.ts'
import { parseExactly } from '../../model/exact-json.ts'
import { ecs } from '../formats/ecs.ts'
import type { Received, ReceivedDocument, ReceivedPage } from '../received.ts'
import { connectElasticsearch, type Answer, type Request } from './connection.ts'
import type { ElasticsearchOptions } from './options.ts'
import { complaint } from './said.ts'
import { targetOf } from './target.ts'

const PAGE = 1_000
const KEEP_ALIVE = '5m'

/**
 * The documents of an Elasticsearch sink, asked with the sink's own settings. Read from one point in
 * time, in the order of their places; a page that is too large is asked for in smaller ones. Needs the
 * privilege `read`; with `maintenance` what arrived just now is seen too.
 *
 * @throws AuditorError `usage` for a format that leaves no proof
 */
export function receivedInElasticsearch(
  options: ElasticsearchOptions,
  clock: Clock = systemClock,
): Received {
  if (options.format !== 'ecs') {
    throw new AuditorError(
      'usage',
      `what is written as ${options.format} has no place and no hash to compare: only ecs can be verified`,
    )
  }
  const { wildcard, dataStream, isDated } = targetOf(options)
  const target = encodeURIComponent(wildcard)
  const connection = connectElasticsearch(options, clock)

  async function ask(request: Request, signal: AbortSignal, allowed = 200): Promise<Answer> {
    const answer = await connection.ask(request, signal)
    if (answer.status < 300 || answer.status === allowed) return answer
    const cure = answer.status === 403 ? ' (grant read on the target)' : ''
    throw new AuditorError(
      'sink-unreachable',
      complaint(answer, ` to ${request.path}`, cure, connection.excerpt),
    )
  }

  /** `undefined` where there is no such target: it has nothing. */
  async function openPoint(signal: AbortSignal): Promise<string | undefined> {
    // Without the privilege what came in the last second or so may not be found yet.
    await connection.ask({ method: 'POST', path: `/${target}/_refresh` }, signal)
    const path = `/${target}/_pit`
    const request: Request = { method: 'POST', path, query: { keep_alive: KEEP_ALIVE } }
    const { status, text } = await ask(request, signal, 404)
    return status === 404 ? undefined : (JSON.parse(text) as { id: string }).id
  }

  async function* documents(epoch: string, signal: AbortSignal): AsyncGenerator<ReceivedPage> {
    let point = await openPoint(signal)
    if (point === undefined) return
    let size = PAGE
    let after: readonly unknown[] | undefined
    let done = 0
    try {
      for (;;) {
        const body = {
          size,
          query: { term: { 'auditor.epoch': epoch } },
          sort: [{ 'event.sequence': { order: 'asc', unmapped_type: 'long' } }, '_shard_doc'],
          pit: { id: point, keep_alive: KEEP_ALIVE },
          track_total_hits: true,
          ...(after === undefined ? {} : { search_after: after }),
        }
        const request = { method: 'POST', path: '/_search', body, mayBeTooLong: true } as const
        const answer = await ask(request, signal)
        if (answer.isTooLong === true && size > 1) {
          size = Math.ceil(size / 4)
          continue
        }
        const found = parseExactly(answer.text) as Found
        const { hits } = found.hits
        if (hits.length === 0) return
        done += hits.length
        yield { documents: hits.map(documentOf), done, total: found.hits.total.value }
        after = hits.at(-1)!.sort!
        point = found.pit_id ?? point
      }
    } finally {
      // It would end by itself; whether this succeeds does not matter to anybody.
      const request = { method: 'DELETE', path: '/_pit', body: { id: point } } as const
      await connection.ask(request, AbortSignal.timeout(options.timeout)).catch(() => undefined)
    }
  }

  return {
    unit: 'documents',
    write: ecs,
    documents,
    async hasOldest(signal) {
      // A policy takes whole indices of a dated name away.
      if (!dataStream) return !isDated || options.ilmPolicy === undefined
      const path = `/_data_stream/${target}`
      const { status, text } = await connection.ask({ method: 'GET', path }, signal)
      if (status !== 200) return true
      const { data_streams: streams } = JSON.parse(text) as Streams
      return streams[0]?.indices[0]?.index_name.endsWith('-000001') ?? true
    },
    async known(ids, signal) {
      const body = { size: ids.length, query: { ids: { values: ids } }, _source: false }
      const { text } = await ask({ method: 'POST', path: `/${target}/_search`, body }, signal)
      return new Set((JSON.parse(text) as Found).hits.hits.map(({ _id: id }) => id))
    },
    close: () => connection.close(),
  }
}

interface Found {
  readonly pit_id?: string
  readonly hits: {
    readonly total: { readonly value: number }
    readonly hits: readonly Hit[]
  }
}

interface Hit {
  readonly _id: EntryId
  readonly _source: unknown
  readonly sort?: readonly unknown[]
}

const documentOf = ({ _id: id, _source: document }: Hit): ReceivedDocument => ({
  where: id,
  id,
  document,
})

interface Streams {
  readonly data_streams: readonly {
    readonly indices: readonly { readonly index_name: string }[]
  }[]
}
