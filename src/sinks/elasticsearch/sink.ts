import { systemClock, type Clock } from '../../actors/clock.ts'
import { formatBytes } from '../../config/units.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Sequenced } from '../../model/entry.ts'
import { asError } from '../../model/errors.ts'
import { classicDocument, entriesFor } from '../formats/classic.ts'
import { ecs } from '../formats/ecs.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { withSize } from '../wire/with-size.ts'
import { deliveryOf, REPLY_FIELDS } from './bulk-reply.ts'
import { connectElasticsearch } from './connection.ts'
import { linesOfLife } from './lives.ts'
import { elasticsearchFromUri, elasticsearchOptions, type ElasticsearchOptions } from './options.ts'
import { receivedInElasticsearch } from './received.ts'
import { elasticsearchAssets, installAssets } from './assets.ts'
import { targetOf } from './target.ts'

/**
 * Documents in an Elasticsearch data stream or index, created by `_bulk` under the entry's own id:
 * delivered means that the cluster acknowledged the document, or already had it.
 */
export const elasticsearchKind: SinkKind<typeof elasticsearchOptions> = {
  kind: 'elasticsearch',
  schemes: [
    'elasticsearch',
    'elasticsearch+http',
    'elasticsearch+https',
    'elastic',
    'elastic+http',
    'elastic+https',
  ],
  summary: 'Documents in an Elasticsearch data stream or index',
  examples: [
    'elastic:',
    'elasticsearch+https://user:password@es:9200/logs-docker.audit-default?ca=/etc/ca.pem',
    'elasticsearch://es:9200?index=audit-%Y.%m.%d&batch=2000',
  ],
  options: elasticsearchOptions,
  underProfile: { format: 'classic' },
  fromUri: elasticsearchFromUri,
  create: (options, name) => createElasticsearchSink(options, name),
  assets: (options) => elasticsearchAssets(options),
  received: (options) => receivedInElasticsearch(options),
}

export function createElasticsearchSink(
  options: ElasticsearchOptions,
  name: string,
  clock: Clock = systemClock,
): Sink {
  const target = targetOf(options)
  const format = options.format === 'classic' ? classicDocument : ecs
  const { maxRequest, lives } = options
  const connection = connectElasticsearch(options, clock)
  const path = target.isDated ? '/_bulk' : `/${encodeURIComponent(target.name)}/_bulk`
  const query = {
    filter_path: REPLY_FIELDS,
    ...(target.dataStream && lives === undefined ? { require_data_stream: 'true' } : {}),
  }
  // Without its template a data stream would quietly become an index. No update may be in a request
  // that says so of all its items.
  const required = target.dataStream && lives !== undefined ? '"require_data_stream":true,' : ''
  /** By their entries: what was written ahead is there for every try. */
  const prepared = new WeakMap<readonly Sequenced[], Written>()

  /** An id is hexadecimal digits, and a name has no quotes: nothing has to be escaped. */
  function written(entries: readonly Sequenced[]): Written {
    let lines = ''
    const items: Sequenced[] = []
    for (const entry of entries) {
      const index = target.isDated ? `"_index":"${target.indexAt(entry.time)}",` : ''
      lines += `{"create":{${index}${required}"_id":"${entry.id}"}}\n${format(entry)}\n`
      items.push(entry)
      const life = lives === undefined ? '' : linesOfLife(entry, lives)
      if (life === '') continue
      lines += life
      items.push(entry)
    }
    return { lines, items }
  }

  return {
    name,
    ...entriesFor(options.format),
    prepare: ({ entries }) => void prepared.set(entries, written(entries)),
    async open(signal) {
      if (options.template) await installAssets(connection, options, signal)
    },
    async deliver({ entries }, signal): Promise<Delivery> {
      try {
        const { lines, items } = prepared.get(entries) ?? written(entries)
        const size = Buffer.byteLength(lines)
        if (size > maxRequest) return tooLarge(size, maxRequest)
        const answer = await connection.ask({ method: 'POST', path, query, lines }, signal)
        return withSize(deliveryOf(answer, items, connection.excerpt), size)
      } catch (thrown) {
        return { status: 'retry', cause: asError(thrown) }
      }
    },
    close: () => connection.close(),
  }
}

/** The lines of one `_bulk`, and which entry each of its items is of. */
interface Written {
  readonly lines: string
  readonly items: readonly Sequenced[]
}

function tooLarge(size: number, limit: number): Delivery {
  const cause = new Error(`the request has ${size} bytes; maxRequest allows ${formatBytes(limit)}`)
  return { status: 'refused', cause }
}
