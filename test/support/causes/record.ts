/**
 * Makes every scenario on a real engine, some at a time, records what the engine says as
 * `auditor record` does, and keeps it with the truth beside it:
 *
 *     npx node test/support/causes/record.ts --engine unix:///tmp/e/engine.sock \
 *       --name docker28 --out test/fixtures/causes/docker28 --times 20 [--set around] [--folder /tmp/e] [--port 21000] [--only REGEX] [--add]
 *
 * `--set` says of what: `causes`, the ways to end, or `around`, what happens to containers while they run.
 * The engine should have nobody else on it. `--folder` is where it lives: its name is not kept.
 * `--add` makes what `--out` lacks of each scenario, and keeps what it has.
 * From `--port` on, ports are used that nobody else should have.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
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
import { eventually } from '../eventually.ts'
import { aroundScenarios } from '../around/scenarios.ts'
import { createHands, type HandsParts } from './hands.ts'
import { pack } from './pack.ts'
import type { Scenario } from './scenario.ts'
import { scenarios, truthOn } from './scenarios.ts'
import {
  containerName,
  scenarioOf,
  type EngineFamily,
  type RecordingSet,
  type ScenarioTruth,
  type Skipped,
  type Truth,
} from './truth.ts'

const AT_ONCE = 6
/** Long enough for nobody to take what is done afterwards for a part of it. */
const SETTLES_MS = 1_500
/** With more than these something is wrong with the engine. */
const MOST_SPOILT = 50

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    name: { type: 'string' },
    set: { type: 'string', default: 'causes' },
    out: { type: 'string' },
    times: { type: 'string', default: '20' },
    folder: { type: 'string' },
    port: { type: 'string', default: '21000' },
    only: { type: 'string', default: '.' },
    add: { type: 'boolean', default: false },
  },
})
const { engine: url, name, out, folder, set } = values
if (url === undefined || name === undefined || out === undefined || !isSet(set)) {
  throw new Error(
    'usage: --engine unix://PATH --name NAME --out DIR [--times N] [--set around] [--folder DIR]',
  )
}
const times = Number(values.times)
let port = Number(values.port)
const path = url.replace(/^unix:\/\//, '')
const image = await ensureImage(`unix://${path}`)
const { body: version } = await ask(path, 'GET', '/version')
const { Components } = version as { Components: { Name: string }[] }
const family: EngineFamily = Components[0]?.Name.startsWith('Podman') === true ? 'podman' : 'docker'

const redactor = createRedactor({ patterns: [] })
const ended = new AbortController()
const work = await mkdtemp(join(tmpdir(), 'auditor-causes-'))
const before = values.add
  ? (JSON.parse(await readFile(join(out, 'truth.json'), 'utf8')) as Truth)
  : undefined
const spoilt = [...(before?.spoilt ?? [])]
const lastLooks: string[] = []
const truths: { [name: string]: ScenarioTruth | Skipped } = { ...before?.scenarios }

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
  add: values.add,
  lastLooks,
  truth: { family, scenarios: truths, spoilt },
})
await rm(work, { recursive: true })
const seconds = Math.round((performance.now() - begun) / 1_000)
console.log(JSON.stringify({ name, seconds, ...counts, spoilt: spoilt.length }))

function isSet(text: string): text is RecordingSet {
  return text === 'causes' || text === 'around'
}

interface Job {
  readonly scenario: Scenario
  readonly hands: Omit<HandsParts, 'signal'>
}

/** Each scenario once, then each once more: neighbours in time differ. */
function plan(): Job[] {
  const made: { readonly round: number; readonly job: Job }[] = []
  for (const scenario of set === 'around' ? aroundScenarios : scenarios) {
    if (!new RegExp(values.only).test(scenario.name)) continue
    const { name } = scenario
    const had = before?.scenarios[name]
    const first = had === undefined || 'skipped' in had ? 1 : had.times + 1
    const good = first - 1 - spoilt.filter((own) => scenarioOf(own) === name).length
    const last = first + Math.max(0, times - good) - 1
    truths[name] = truthOn(family, scenario, last)
    if ('skipped' in truths[name]) continue
    for (let number = first; number <= last; number++) {
      made.push({ round: number - first, job: jobOf(scenario, number) })
    }
  }
  return made.sort((a, b) => b.round - a.round).map(({ job }) => job)
}

function jobOf(scenario: Scenario, number: number): Job {
  const own = containerName(scenario.name, number, set as RecordingSet)
  return { scenario, hands: { socketPath: path, family, image, name: own, port: port++ } }
}

/** Once more, at the end, for one that was spoilt. */
function nextNumber(name: string): number {
  const truth = truths[name] as ScenarioTruth
  truths[name] = { ...truth, times: truth.times + 1 }
  return truth.times + 1
}

async function worker(): Promise<void> {
  for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
    const { scenario, hands } = job
    try {
      await scenario.act(createHands({ ...hands, signal: ended.signal }))
    } catch (thrown) {
      spoilt.push(hands.name)
      console.error(`${hands.name}: ${String(thrown)}`)
      if (spoilt.length < MOST_SPOILT) jobs.unshift(jobOf(scenario, nextNumber(scenario.name)))
    }
    await leave(hands.name, scenario.staysMs ?? SETTLES_MS)
  }
}

/** Looks at it once more, as an agent would that waited for a start or an end, and removes it. */
async function leave(name: string, staysMs: number): Promise<void> {
  await look(name)
  await wait(staysMs)
  if (staysMs > SETTLES_MS) await look(name)
  await eventually(`${name} is removed`, async () => {
    const force = spoilt.includes(name)
    const { status } = await send(path, 'DELETE', `/containers/${name}?force=${force}&v=true`)
    return status < 400 || status === 404 ? true : undefined
  })
}

async function look(name: string): Promise<void> {
  const { status, body } = await send(path, 'GET', `/containers/${name}/json`)
  if (status !== 200) return
  const { Id: id } = body as { Id: string }
  const rest = JSON.stringify({ action: 'look', id, inspect: redactInspect(body, redactor) })
  lastLooks.push(`{"at":${systemClock.nowNanos()},${rest.slice(1)}`)
}
