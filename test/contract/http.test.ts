import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { httpOptions } from '../../src/sinks/http/options.ts'
import { createHttpSink } from '../../src/sinks/http/sink.ts'
import { serveHttp } from '../support/servers.ts'
import { sinkSuite } from './sink-suite.ts'

interface Document {
  readonly event: { readonly id: string }
}

for (const [kind, options] of [
  ['http, NDJSON', {}],
  ['http, a compressed array', { body: 'array', gzip: true }],
] as const) {
  sinkSuite({
    kind,
    async make() {
      let away = false
      const received: Document[] = []
      const server = await serveHttp((request, response) => {
        const zipped = request.headers['content-encoding'] === 'gzip'
        const answer = (said: string): void => {
          response.statusCode = away ? 503 : 204
          if (!away) received.push(...documentsIn(said, request.headers['content-type']))
          response.end()
        }
        // It fails where the sink has called the request off.
        text(zipped ? request.pipe(createGunzip()) : request).then(answer, () => response.destroy())
      })
      return {
        sink: createHttpSink(httpOptions.parse({ url: `${server.url}/in`, ...options }), 'hook'),
        received: async () => received.map(({ event }) => event.id),
        away: async () => void (away = true),
        back: async () => void (away = false),
        dispose: async () => server[Symbol.asyncDispose](),
      }
    },
  })
}

function documentsIn(said: string, type: string | undefined): Document[] {
  if (type === 'application/json') return JSON.parse(said) as Document[]
  const lines = said.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Document)
}
