import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '../test/support/eventually.ts'
import { createFakeEngine } from '../src/testing/fake-engine.ts'
import { build, startAgent } from './support/agent-process.ts'
import type { Case, Options, Row } from './support/case.ts'
import { withScratch } from './support/scratch.ts'

/** By then nothing of the start is under way, and what it left was collected. */
const settleMs = 60_000
const windowMs = 10_000

export const idle: Case = {
  summary: '`auditor run` connected to an engine on which nothing happens: processor and memory',
  run: (options) => withScratch((folder) => measure(folder, options)),
}

async function measure(folder: string, { runs }: Options): Promise<readonly Row[]> {
  await build()
  await using engine = await createFakeEngine()
  const listen = ['--docker', `unix://${engine.socketPath}`, '--listen', '127.0.0.1:0']
  await using agent = startAgent(['--data', folder, ...listen])
  await eventually('the agent listens to the engine', async () =>
    engine.core.subscribers > 0 ? true : undefined,
  )
  await wait(settleMs)
  const cpu: number[] = []
  const rss: number[] = []
  for (let run = 0; run < runs; run++) {
    const before = await agent.cpuSeconds()
    await wait(windowMs)
    cpu.push((((await agent.cpuSeconds()) - before) / (windowMs / 1000)) * 100)
    rss.push(await agent.rssMiB())
  }
  await agent.stop()
  return [
    {
      figure: 'idle processor',
      unit: '% of a core',
      values: cpu,
      aim: { of: 'median', atMost: 0.3 },
    },
    { figure: 'idle RSS', unit: 'MiB', values: rss, aim: { of: 'median', atMost: 100 } },
  ]
}
