import { createAuditor } from '../src/agent/auditor.ts'
import { openEngine } from '../src/agent/local-engine.ts'
import type { Entry } from '../src/model/entry.ts'
import type { Sink } from '../src/sinks/sink.ts'
import { docker, dockerEngine, removeContainers } from '../test/support/docker.ts'
import { eventually } from '../test/support/eventually.ts'
import type { Case, Row } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { quantile } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const lives = 40

export const latency: Case = {
  summary: 'from the moment a real engine gives its event until it is durable, and at a sink',
  async run({ runs }) {
    const found = await dockerEngine.find()
    if ('missing' in found) throw new Error(`${dockerEngine.name} is missing: ${found.missing}`)
    const committed: number[][] = []
    const delivered: number[][] = []
    for (let run = 0; run < runs; run++) {
      const measured = await withScratch((folder) => oneRun(folder, found.image))
      committed.push(measured.committed)
      delivered.push(measured.delivered)
    }
    return [
      row('engine to journal commit, p50', committed, 0.5),
      row('engine to journal commit, p99', committed, 0.99),
      row('engine to sink, p50', delivered, 0.5),
      row('engine to sink, p99', delivered, 0.99),
    ]
  },
}

function row(figure: string, runs: readonly number[][], share: number): Row {
  return { figure, unit: 'ms', values: runs.map((latencies) => quantile(latencies, share)) }
}

async function oneRun(folder: string, image: string) {
  // Each run has its own: an agent also reads what happened just before it was started.
  const prefix = `auditor-bench-${process.pid}-${Date.now()}-`
  const committed: number[] = []
  const delivered: number[] = []
  const sink: Sink = {
    name: 'clock',
    deliver({ entries }) {
      for (const entry of entries) if (isOurs(entry)) delivered.push(since(entry.time))
      return Promise.resolve({ status: 'delivered' })
    },
  }
  const isOurs = (entry: Entry): boolean =>
    entry.kind === 'record' &&
    entry.event.type === 'container' &&
    (entry.event.attributes['name'] ?? '').startsWith(prefix)

  await using auditor = createAuditor({
    engines: [openEngine()],
    journal: await openBenchJournal(folder),
    // Nothing waits for a fuller batch.
    sinks: [{ sink, every: 0 }],
  })
  auditor.entries$.subscribe((entry) => {
    if (isOurs(entry)) committed.push(since(entry.time))
  })
  await auditor.start()
  await eventually('the engine is connected', async () =>
    (await auditor.health()).state === 'ok' ? true : undefined,
  )
  const live = (life: string | number) =>
    docker('run', '--rm', '--name', `${prefix}${life}`, '--network', 'none', image, 'true')
  try {
    // The start, with what it reads of the past, is no part of what is measured.
    await live('first')
    await eventually('the first life is delivered', async () =>
      delivered.length >= 5 ? true : undefined,
    )
    committed.length = 0
    delivered.length = 0
    for (let life = 0; life < lives; life++) await live(life)
    await eventually('all lives are delivered', async () =>
      delivered.length >= lives * 4 ? true : undefined,
    )
  } finally {
    await removeContainers(prefix)
  }
  return { committed, delivered }
}

/** Milliseconds from then until now. */
function since(nanoseconds: bigint): number {
  const then = Number(nanoseconds / 1000n) / 1000
  return performance.timeOrigin + performance.now() - then
}
