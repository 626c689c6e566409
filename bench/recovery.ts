import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeEngine, type FakeEngine } from '../src/testing/fake-engine.ts'
import { eventually } from '../test/support/eventually.ts'
import { build, startAgent } from './support/agent-process.ts'
import { fillBacklog } from './support/backlog.ts'
import type { Case } from './support/case.ts'
import { withScratch } from './support/scratch.ts'

interface Recovered {
  readonly listeningMs: number
  readonly deliveredMs: number
  readonly peakRssMiB: number
}

export const recovery: Case = {
  summary: '`auditor run` begun again after kill -9, with 1,000,000 entries waiting for its sink',
  async run({ runs }) {
    await build()
    return withScratch(async (folder) => {
      await fillBacklog(folder, 'back')
      const recovered: Recovered[] = []
      for (let run = 0; run < runs; run++) recovered.push(await recover(folder))
      return [
        {
          figure: 'until the engine is listened to',
          unit: 'ms',
          values: recovered.map(({ listeningMs }) => listeningMs),
        },
        {
          figure: 'until the first delivery',
          unit: 'ms',
          values: recovered.map(({ deliveredMs }) => deliveredMs),
        },
        {
          figure: 'peak RSS until then',
          unit: 'MiB',
          values: recovered.map(({ peakRssMiB }) => peakRssMiB),
        },
      ]
    })
  },
}

/** Times from the start of a process whose predecessor was killed in the middle of its work. */
async function recover(dir: string): Promise<Recovered> {
  await using engine = await createFakeEngine()
  await killed(dir, engine)
  await using sink = await startSink()
  const began = performance.now()
  await using agent = startAgent(argsOf(dir, engine, sink.url))
  const listening = eventually('the agent listens to the engine', async () =>
    engine.core.subscribers > 0 ? performance.now() : undefined,
  )
  const deliveredMs = (await sink.posted) - began
  const listeningMs = (await listening) - began
  return { listeningMs, deliveredMs, peakRssMiB: await agent.peakRssMiB() }
}

/** An agent that records, and tries a sink that is away, until it is killed. */
async function killed(dir: string, engine: FakeEngine): Promise<void> {
  await using agent = startAgent(argsOf(dir, engine, 'http://127.0.0.1:9/'))
  await eventually('the agent listens to the engine', async () =>
    engine.core.subscribers > 0 ? true : undefined,
  )
  for (let event = 0; event < 1_000; event++) {
    engine.core.publish({ action: 'start', id: `c${event}`, attributes: { name: `n${event}` } })
  }
  await agent.rssMiB() // it lives, and is killed where it stands
  engine.core.cut()
}

function argsOf(dir: string, engine: FakeEngine, url: string): string[] {
  const docker = `unix://${engine.socketPath}`
  return [`${url}?name=back`, '--data', dir, '--docker', docker, '--listen', 'off']
}

/** Says when the first batch came, and takes no further one. */
async function startSink() {
  const posted = Promise.withResolvers<number>()
  const server = createServer((request, response) => {
    posted.resolve(performance.now())
    request.resume()
    response.statusCode = 503
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    posted: posted.promise,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
