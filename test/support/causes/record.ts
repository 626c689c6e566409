/**
 * Makes every scenario on a real engine, some at a time, records what the engine says as
 * `auditor record` does, and keeps it with the truth beside it:
 *
 *     npx node test/support/causes/record.ts --engine unix:///tmp/e/engine.sock \
 *       --name docker28 --out test/fixtures/causes/docker28 --times 20 [--folder /tmp/e] [--port 21000] [--only REGEX]
 *
 * The engine should have nobody else on it. `--folder` is where it lives: its name is not kept.
 * From `--port` on, ports are used that nobody else should have.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../src/actors/clock.ts'
import { recordTrace } from '../../../src/agent/record-trace.ts'
import { createDockerEngine } from '../../../src/docker/dockerode.ts'
import { redactInspect } from '../../../src/docker/redact-inspect.ts'
import { createRedactor } from '../../../src/model/redaction.ts'
import { ensureImage } from '../docker.ts'
import { ask, send } from '../engines/ask.ts'
import { createHands, type HandsParts } from './hands.ts'
import { pack } from './pack.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { containerName, type EngineFamily, type ScenarioTruth, type Skipped } from './truth.ts'

const AT_ONCE = 6
/** Long enough for nobody to take what is done afterwards for a part of it. */
const SETTLES_MS = 1_500

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    name: { type: 'string' },
    out: { type: 'string' },
    times: { type: 'string', default: '20' },
    folder: { type: 'string' },
    port: { type: 'string', default: '21000' },
    only: { type: 'string', default: '.' },
  },
})
const { engine: url, name, out, folder } = values
if (url === undefined || name === undefined || out === undefined) {
  throw new Error('usage: --engine unix://PATH --name NAME --out DIR [--times N] [--folder DIR]')
}
const times = Number(values.times)
const path = url.replace(/^unix:\/\//, '')
const image = await ensureImage(`unix://${path}`)
const { body: version } = await ask(path, 'GET', '/version')
const { Components } = version as { Components: { Name: string }[] }
const family: EngineFamily = Components[0]?.Name.startsWith('Podman') === true ? 'podman' : 'docker'

const redactor = createRedactor({ patterns: [] })
const ended = new AbortController()
const work = await mkdtemp(join(tmpdir(), 'auditor-causes-'))
const spoilt: string[] = []
const lastLooks: string[] = []
const truths: { [name: string]: ScenarioTruth | Skipped } = {}

const jobs = plan()
const recording = recordTrace(
  {
    engine: createDockerEngine({ kind: 'unix', url: `unix://${path}`, path }),
    dir: work,
    firstSince: systemClock.nowNanos(),
    redactor,
    clock: systemClock,
    log: { debug() {}, info() {}, warn: console.error, error: console.error },
  },
  ended.signal,
)
await wait(2_000)
const begun = performance.now()
await Promise.all(Array.from({ length: AT_ONCE }, worker))
await wait(3_000)
ended.abort()
const counts = await recording
await pack({
  from: work,
  to: out,
  name,
  folder,
  lastLooks,
  truth: { family, scenarios: truths, spoilt },
})
await rm(work, { recursive: true })
const seconds = Math.round((performance.now() - begun) / 1_000)
console.log(JSON.stringify({ name, seconds, ...counts, spoilt: spoilt.length }))

interface Job {
  readonly scenario: Scenario
  readonly hands: Omit<HandsParts, 'signal'>
}

/** Each scenario once, then each once more: neighbours in time differ. */
function plan(): Job[] {
  const chosen = scenarios.filter((scenario) => new RegExp(values.only).test(scenario.name))
  const made: Job[] = []
  const able = chosen.filter((scenario) => {
    const skipped = scenario.skipped?.[family]
    const { runs, more, on } = scenario
    truths[scenario.name] =
      skipped === undefined
        ? { runs: on?.[family] ?? runs, times, ...(more === undefined ? {} : { more }) }
        : { skipped }
    return skipped === undefined
  })
  for (let number = 1; number <= times; number++) {
    for (const scenario of able) {
      const port = Number(values.port) + made.length
      const own = containerName(scenario.name, number)
      made.push({ scenario, hands: { socketPath: path, family, image, name: own, port } })
    }
  }
  return made.reverse()
}

async function worker(): Promise<void> {
  for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
    const { scenario, hands } = job
    try {
      await scenario.act(createHands({ ...hands, signal: ended.signal }))
    } catch (thrown) {
      spoilt.push(hands.name)
      console.error(`${hands.name}: ${String(thrown)}`)
    }
    await leave(hands.name, scenario.staysMs ?? SETTLES_MS)
  }
}

/** Looks at it once more, as an agent would that waited for a start or an end, and removes it. */
async function leave(name: string, staysMs: number): Promise<void> {
  await look(name)
  await wait(staysMs)
  if (staysMs > SETTLES_MS) await look(name)
  await send(path, 'DELETE', `/containers/${name}?force=${spoilt.includes(name)}&v=true`)
}

async function look(name: string): Promise<void> {
  const { status, body } = await send(path, 'GET', `/containers/${name}/json`)
  if (status !== 200) return
  const { Id: id } = body as { Id: string }
  const rest = JSON.stringify({ action: 'look', id, inspect: redactInspect(body, redactor) })
  lastLooks.push(`{"at":${systemClock.nowNanos()},${rest.slice(1)}`)
}
