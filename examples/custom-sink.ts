// A sink of one's own: counts deaths by image and prints the table after each batch.
// It says how one batch is delivered and how that went; retries, order and the cursor are not its business.
//
//     node examples/custom-sink.ts           (in your own project: import from 'auditor')
import { createAuditor, openEngine, openJournal, type Sink } from '../src/index.ts'

const deaths = new Map<string, number>()

const counter: Sink = {
  name: 'deaths-by-image',
  deliver({ entries }) {
    for (const entry of entries) {
      if (entry.kind !== 'record' || entry.event.action !== 'die') continue
      const image = entry.event.attributes['image'] ?? 'unknown'
      deaths.set(image, (deaths.get(image) ?? 0) + 1)
    }
    console.log(JSON.stringify(Object.fromEntries(deaths)))
    return Promise.resolve({ status: 'delivered' })
  },
}

// With a journal on disk the counter's cursor survives a restart: nothing is counted twice.
const [dir] = process.argv.slice(2)
await using auditor = createAuditor({
  engines: [openEngine()],
  sinks: [{ sink: counter, filter: 'type:container', every: 100 }],
  ...(dir === undefined ? {} : { journal: await openJournal({ dir }) }),
})

await auditor.start()
await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
