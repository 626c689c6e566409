import { createSupervisor, type Supervised } from '../../src/actors/supervisor.ts'
import { silentLog } from '../../src/model/log.ts'
import type { Shipper, ShipperParts } from '../../src/sinks/shipper.ts'
import type { Sink, SinkSettings } from '../../src/sinks/sink.ts'
import type { ManualClock } from './manual-clock.ts'
import type { TinyJournal } from './tiny-journal.ts'

export type MakeShipper = (parts: ShipperParts) => Shipper

/** A shipper under a supervisor that never gives up, on a clock that stands still. */
export interface ShipperRun {
  readonly shipper: Shipper
  /** Ends it in whatever it is doing and begins anew. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export const quickSettings = (name: string): SinkSettings => ({
  name,
  batch: 4,
  every: 100,
  timeout: 1000,
})

export function runShipper(
  make: MakeShipper,
  parts: Omit<ShipperParts, 'settings' | 'reader' | 'wake$' | 'clock' | 'log'> & {
    readonly sink: Sink
    readonly journal: TinyJournal
    readonly clock: ManualClock
    readonly settings?: Partial<SinkSettings>
    readonly log?: ShipperParts['log']
  },
): ShipperRun {
  const { journal, settings, ...rest } = parts
  const { name } = parts.sink
  const supervisor = createSupervisor({
    clock: parts.clock,
    onEscalation: (_, error) => {
      throw error
    },
  })
  const shipper = make({
    log: silentLog,
    retry: { minMs: 100, maxMs: 10_000 },
    ...rest,
    settings: { ...quickSettings(name), ...settings },
    reader: journal.cursor(name).reader,
    wake$: journal.wake$,
    hurry$: rest.hurry$ ?? journal.changed$,
  })
  const begin = (): Supervised => supervisor.start(shipper, { maxRestarts: Infinity })
  let child = begin()
  return {
    shipper,
    async restart() {
      await child.stop()
      child = begin()
    },
    stop: () => child.stop(),
  }
}

/** Lets time pass until nothing is left to happen. */
export async function untilQuiet(clock: ManualClock, mostTimers = 5000): Promise<void> {
  for (let timers = 0; await clock.advanceToNext(); timers++) {
    if (timers > mostTimers) throw new Error('does not come to rest')
  }
}
