import type { Delivery } from '../../src/model/delivery.ts'
import type { Log } from '../../src/model/log.ts'
import { createShipper } from '../../src/sinks/shipper.ts'
import type { Sink, SinkSettings } from '../../src/sinks/sink.ts'
import { plainRecord } from './entries.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { runShipper, type ShipperRun } from './shipper-run.ts'
import { createTinyJournal, type TinyJournal } from './tiny-journal.ts'

/** A shipper at work, and the lines it logged. */
export interface Setting {
  readonly clock: ManualClock
  readonly journal: TinyJournal
  readonly lines: string[]
  readonly run: ShipperRun
}

export function begin(sink: Sink, settings: Partial<SinkSettings> = {}, waiting?: number): Setting {
  const clock = createManualClock()
  const journal = createTinyJournal()
  const lines: string[] = []
  const say = (level: string) => (_: object, message: string) => lines.push(`${level}: ${message}`)
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  }
  const run = runShipper(createShipper, {
    sink,
    journal,
    clock,
    settings,
    log,
    ...(waiting === undefined ? {} : { waiting: async () => waiting }),
  })
  return { clock, journal, lines, run }
}

export const records = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => plainRecord(from + at))

/** Answers in turn, then delivers; notes when it was asked for how many. */
export function answering(clock: () => ManualClock, answers: (Delivery | Error)[]) {
  const calls: { at: number; count: number }[] = []
  const sink: Sink = {
    name: 'sink',
    async deliver({ entries }) {
      calls.push({ at: clock().monotonic(), count: entries.length })
      const answer = answers.shift() ?? { status: 'delivered' }
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { sink, calls }
}
