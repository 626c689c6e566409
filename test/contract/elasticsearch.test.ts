import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { elasticsearch, type ElasticsearchNode } from '../support/elasticsearch.ts'
import { reasonToSkip } from '../support/peers.ts'
import { sinkSuite } from './sink-suite.ts'

let made = 0

for (const [kind, options] of [
  ['elasticsearch, data stream', (name: string) => ({ dataStream: name })],
  ['elasticsearch, index', (name: string) => ({ index: name, gzip: true })],
] as const) {
  sinkSuite({
    kind,
    skip: await reasonToSkip(elasticsearch),
    keepsOneOfEach: true,
    async make() {
      const node = (await elasticsearch.find()) as ElasticsearchNode
      const name = `logs-docker.audit-contract${++made}`
      const parsed = elasticsearchOptions.parse({ urls: [node.url], ...options(name) })
      const block = (on: true | null) =>
        node.call('PUT', `${name}/_settings`, { 'index.blocks.read_only_allow_delete': on })
      return {
        sink: createElasticsearchSink(parsed, 'search'),
        received: async () => (await node.documents(name)).map(({ id }) => id),
        // As a full disk does it; the process itself is killed in the integration test.
        away: async () => void (await block(true)),
        back: async () => void (await block(null)),
        dispose: async () => undefined,
      }
    },
  })
}
