import { beatsOptions } from '../../src/sinks/beats/options.ts'
import { createBeatsSink } from '../../src/sinks/beats/sink.ts'
import { lumberjackServer, type LumberjackPeer } from '../support/lumberjack-server.ts'
import { reasonToSkip } from '../support/peers.ts'
import { sinkSuite } from './sink-suite.ts'

interface Document {
  readonly '@metadata': { readonly [name: string]: string }
}

for (const [kind, options] of [
  ['beats, compressed', {}],
  ['beats, plain, raw', { compression: 0, format: 'raw' }],
] as const) {
  sinkSuite({
    kind,
    skip: await reasonToSkip(lumberjackServer),
    async make() {
      const peer = (await lumberjackServer.find()) as LumberjackPeer
      const server = await peer.open()
      const hosts = [`127.0.0.1:${server.port}`]
      return {
        sink: createBeatsSink(beatsOptions.parse({ hosts, ...options }), 'stash'),
        async received() {
          const lines = await server.lines()
          return lines.map((line) => (JSON.parse(line) as Document)['@metadata']['_id']!)
        },
        away: () => server.kill(),
        back: () => server.start(),
        dispose: async () => server[Symbol.asyncDispose](),
      }
    },
  })
}
