import { systemClock } from '../src/actors/clock.ts'
import type { Journal } from '../src/journal/journal.ts'
import { silentLog } from '../src/model/log.ts'
import { createShipper } from '../src/sinks/shipper.ts'
import type { Sink, SinkSettings } from '../src/sinks/sink.ts'
import type { Case } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { recordGroups } from './support/entries.ts'
import { seconds } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const entries = 100_000

export const drain: Case = {
  summary: 'the journal through a shipper into a sink that takes everything and does nothing',
  run: ({ runs }) =>
    withScratch(async (folder) => {
      await using journal = await openBenchJournal(folder)
      await fillJournal(journal, entries)
      const rates: number[] = []
      for (let run = 0; run <= runs; run++) {
        const sink: Sink = {
          name: `null-${run}`,
          deliver: () => Promise.resolve({ status: 'delivered' }),
        }
        const taken = await drainInto(journal, sink, 500)
        if (run > 0) rates.push(entries / taken)
      }
      return [{ figure: 'drain to a null sink', unit: 'entries/s', values: rates }]
    }),
}

export async function fillJournal(journal: Journal, count: number): Promise<void> {
  for (const group of recordGroups(count, 0)) await journal.append(group)
}

/** Ships everything in the journal to a sink it does not know yet; answers the seconds it took. */
export async function drainInto(
  journal: Journal,
  sink: Sink,
  batch: number,
  inFlight = 1,
): Promise<number> {
  const settings: SinkSettings = { name: sink.name, batch, every: 0, timeout: 60_000, inFlight }
  const shipper = createShipper({
    sink,
    settings,
    reader: await journal.reader(sink.name, 'start'),
    wake$: journal.appended$,
    clock: systemClock,
    log: silentLog,
  })
  const ending = new AbortController()
  const context = { name: shipper.name, signal: ending.signal, clock: systemClock, restarts: 0 }
  return seconds(async () => {
    const running = shipper.run(context).catch((error: unknown) => {
      if (!ending.signal.aborted) throw error
    })
    await Promise.race([shipper.drain(ending.signal), running])
    ending.abort(new Error('drained'))
    await running
  })
}
