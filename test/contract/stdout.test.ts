import { Writable } from 'node:stream'
import { createStreamSink } from '../../src/sinks/stdout.ts'
import { sinkSuite } from './sink-suite.ts'

interface Document {
  readonly event: { readonly id: string }
}

sinkSuite({
  kind: 'stdout',
  neverAway: true,
  async make() {
    let text = ''
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        text += chunk
        done()
      },
    })
    return {
      sink: createStreamSink('stdout', stream, 'ecs'),
      received: async () =>
        text
          .split('\n')
          .slice(0, -1)
          .map((line) => (JSON.parse(line) as Document).event.id),
      dispose: async () => undefined,
    }
  },
})
