import { createManualClock } from './manual-clock.ts'
import { plainRecord } from './entries.ts'
import { createStreamSink } from '../../src/sinks/stdout.ts'

/*
 * Writes a batch of argv[2] entries to standard output and tells on standard error how it went,
 * batch after batch until argv[3] are told, and whether its event loop stood still meanwhile.
 */
const [, , size, batches] = process.argv
const sink = createStreamSink('stdout', process.stdout, 'raw')
const entries = Array.from({ length: Number(size) }, (_, at) => ({
  ...plainRecord(at),
  seq: at + 1,
}))
await sink.open?.(new AbortController().signal)
let turns = 0
setInterval(() => turns++, 5).unref()
for (let told = 0; told < Number(batches); told++) {
  const delivery = await sink
    .deliver({ entries }, AbortSignal.timeout(300))
    .catch((error: unknown) => ({ status: 'aborted', cause: error }))
  const why = 'cause' in delivery ? `: ${String(delivery.cause)}` : ''
  process.stderr.write(`${delivery.status}${why}\n`)
  await createManualClock().settle()
}
process.stderr.write(`turns ${turns > 10 ? 'many' : turns}\n`)
process.exit(0)
