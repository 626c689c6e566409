import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../test/support/eventually.ts'
import { createFakeEngine } from '../src/testing/fake-engine.ts'
import { freePort } from '../test/support/ports.ts'
import { build, startAgent } from './support/agent-process.ts'
import type { Case } from './support/case.ts'
import { fillBacklog } from './support/backlog.ts'
import { eventLine } from './support/events.ts'
import { withScratch } from './support/scratch.ts'

const forMs = 20_000
const eventsPerSecond = 1_000

export const memory: Case = {
  summary: 'peak RSS of `auditor run` with its sink down: 1,000,000 entries waiting, beside none',
  async run({ runs }) {
    await build()
    const without: number[] = []
    const difference: number[] = []
    const withBacklog: number[] = []
    await withScratch(async (folder) => {
      await fillBacklog(folder, 'down')
      for (let run = 0; run < Math.min(runs, 3); run++) {
        withBacklog.push(await peak(folder))
        without.push(await withScratch(peak))
        difference.push(withBacklog.at(-1)! - without.at(-1)!)
      }
    })
    return [
      {
        figure: 'peak RSS, sink down, 1,000,000 waiting',
        unit: 'MiB',
        values: withBacklog,
        beside: { what: 'none waiting', values: without },
      },
      {
        figure: 'what the backlog costs',
        unit: 'MiB',
        values: difference,
        aim: { of: 'median', atMost: 40 },
      },
    ]
  },
}

/** The agent tries the sink again and again while new events come. */
async function peak(dir: string): Promise<number> {
  await using engine = await createFakeEngine()
  const sink = `logstash://127.0.0.1:${await freePort()}?name=down`
  const socket = `unix://${engine.socketPath}`
  await using agent = startAgent([sink, '--data', dir, '--docker', socket, '--listen', 'off'])
  await eventually('the agent listens to the engine', async () =>
    engine.core.subscribers > 0 ? true : undefined,
  )
  const end = performance.now() + forMs
  for (let index = 0; performance.now() < end; index++) {
    engine.core.sendRaw(`${eventLine(index)}\n`)
    if (index % (eventsPerSecond / 20) === 0) await wait(50)
  }
  return await agent.peakRssMiB() // before it is disposed of
}
