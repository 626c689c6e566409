import { createMemorySink } from '../../src/sinks/memory.ts'
import { sinkSuite } from './sink-suite.ts'

sinkSuite({
  kind: 'memory',
  neverAway: true,
  async make() {
    const sink = createMemorySink()
    return {
      sink,
      received: async () => sink.entries.map(({ id }) => id),
      dispose: async () => undefined,
    }
  },
})
