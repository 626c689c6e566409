import { openJournalView } from '../src/journal/open.ts'
import { eventually } from '../test/support/eventually.ts'
import { createFakeEngine } from '../src/testing/fake-engine.ts'
import { build, startAgent } from './support/agent-process.ts'
import type { Case, Row } from './support/case.ts'
import { eventLine } from './support/events.ts'
import { withScratch } from './support/scratch.ts'

const events = 40_000
/** After so long without a further entry nothing more is expected. */
const quietMs = 10_000

export const burst: Case = {
  summary: '40,000 events at once from a unix socket into the journal of `auditor run`',
  async run({ runs }) {
    await build()
    const lost: number[] = []
    const untold: number[] = []
    const rates: number[] = []
    const peaks: number[] = []
    for (let run = 0; run < runs; run++) {
      const { missing, told, seconds, peak } = await withScratch(oneBurst)
      lost.push(missing)
      untold.push(missing - told)
      rates.push(events / seconds)
      peaks.push(peak)
    }
    const rows: Row[] = [
      { figure: 'burst, lost', unit: 'events', values: lost, aim: { of: 'median', atMost: 0 } },
      {
        figure: 'burst, lost and not counted in a gap',
        unit: 'events',
        values: untold,
        aim: { of: 'median', atMost: 0 },
      },
      { figure: 'burst, until all is durable', unit: 'events/s', values: rates },
      { figure: 'burst, peak RSS', unit: 'MiB', values: peaks },
    ]
    return rows
  },
}

async function oneBurst(folder: string) {
  await using engine = await createFakeEngine()
  const socket = `unix://${engine.socketPath}`
  await using agent = startAgent(['--data', folder, '--docker', socket, '--listen', 'off'])
  await eventually('the agent listens to the engine', async () =>
    engine.core.subscribers > 0 ? true : undefined,
  )
  await using journal = await openJournalView(folder)
  const before = await settled(journal)
  const lines = Array.from({ length: events }, (_, index) => `${eventLine(index)}\n`)

  const began = performance.now()
  for (const line of lines) engine.core.sendRaw(line)
  let last = { entries: 0, at: began }
  await eventually(
    'the burst is durable',
    async () => {
      const entries = (await journal.stats()).entries - before
      if (entries !== last.entries) last = { entries, at: performance.now() }
      return entries >= events || performance.now() - last.at > quietMs ? true : undefined
    },
    300_000,
  )
  let recorded = 0
  let told = 0
  for await (const entry of journal.entries({})) {
    if (entry.kind === 'record' && entry.origin === 'observed') recorded++
    if (entry.kind === 'gap') told += entry.count ?? 0
  }
  const peak = await agent.peakRssMiB()
  await agent.stop()
  return { missing: events - recorded, told, seconds: (last.at - began) / 1000, peak }
}

/** Entries of the start (markers, the snapshot), once they no longer grow. */
async function settled(journal: { stats(): Promise<{ entries: number }> }): Promise<number> {
  let last = -1
  return eventually('the start is recorded', async () => {
    const { entries } = await journal.stats()
    const still = entries === last && entries > 0
    last = entries
    return still ? entries : undefined
  })
}
