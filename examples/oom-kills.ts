// Prints a line for each container that runs out of memory. Nothing is kept on disk.
//
//     node examples/oom-kills.ts            (in your own project: import from 'auditor')
import { createAuditor, openEngine, formatNanos } from '../src/index.ts'

await using auditor = createAuditor({ engines: [openEngine()] })

auditor.entries$.subscribe((entry) => {
  if (entry.kind === 'gap') {
    console.log(`${formatNanos(entry.time)}  events may be missing (${entry.cause})`)
  }
  if (entry.kind !== 'record' || entry.event.action !== 'oom') return
  const name = entry.event.attributes['name'] ?? entry.event.actorId
  const limit = entry.container?.limits.memoryBytes ?? 0
  console.log(`${formatNanos(entry.time)}  ${name} ran out of memory (limit: ${limit || 'none'})`)
})

await auditor.start()
await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
