/**
 * Ends a real engine under its containers, by SIGTERM and by SIGKILL, and starts it again, while
 * Auditor records it; keeps the exported journal with the truth beside it:
 *
 *     npx node test/support/causes/engine-ends.ts --engine unix:///tmp/e/engine.sock \
 *       --pid-file /tmp/e/docker.pid --start 'start-that-engine' --out DIR --rounds 5
 *
 * Further `--pid-file`s are of processes that end with it, such as a containerd of its own. The engine
 * must be one that nobody else uses. Its host's name is in the journal: run both in
 * `unshare --uts` with another name.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startAgent } from '../agent-process.ts'
import { ensureImage } from '../docker.ts'
import { send } from '../engines/ask.ts'
import { eventually } from '../eventually.ts'
import { run } from '../run.ts'
import { createHands, type Hands } from './hands.ts'
import { DEAF, onSignal, RELAY } from './scenario.ts'
import { containerName, type RunTruth, type ScenarioTruth, type Truth } from './truth.ts'
import { squeezed } from './zipped.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    'pid-file': { type: 'string', multiple: true },
    start: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
})
const { engine: url, 'pid-file': pidFiles = [], start, out } = values
const [pidFile] = pidFiles
if (url === undefined || pidFile === undefined || start === undefined || out === undefined) {
  throw new Error('usage: --engine unix://PATH --pid-file FILE --start COMMAND --out DIR')
}

/** So many of a scenario in each round. */
const EACH = 4
const rounds = Number(values.rounds)
const path = url.replace(/^unix:\/\//, '')
const image = await ensureImage(`unix://${path}`)
const main = join(import.meta.dirname, '../../../src/cli/main.ts')
const ended = new AbortController()

/** What its containers do, and what is done to them before and after the engine's end. */
interface Plan {
  readonly script: string
  readonly policy?: string
  readonly runs: readonly RunTruth[]
  before?(hands: Hands): Promise<void>
  /** In the moment before. */
  justBefore?(hands: Hands): Promise<void>
  after?(hands: Hands): Promise<void>
}

const byDaemon = (exitCode: number): RunTruth => ({ cause: 'daemon', exitCode })
const handles = onSignal('TERM', 'exit 0')
const again: Omit<Plan, 'runs'> = {
  script: handles,
  policy: 'always',
  after: async (hands) => {
    await hands.ready(2)
    await hands.stop(10)
  },
}
const stopped: RunTruth = {
  cause: 'stopped',
  exitCode: 0,
  untold: 'what followed it may be in the gap of the next end of the engine',
}

const plans: { readonly [name: string]: Plan } = {
  handled: { script: handles, runs: [byDaemon(0)] },
  ignored: { script: DEAF, runs: [byDaemon(137)] },
  'exit-143': { script: RELAY, runs: [byDaemon(143)] },
  policy: { ...again, runs: [byDaemon(0), stopped] },
  'stopped-before': {
    script: handles,
    runs: [stopped],
    before: (hands) => hands.stop(10),
  },
  'stopped-just-before': {
    script: handles,
    runs: [stopped],
    justBefore: (hands) => hands.stop(10),
  },
}

const truths: { [name: string]: ScenarioTruth } = {}
const data = await mkdtemp(join(tmpdir(), 'auditor-engine-ends-'))
const agent = startAgent(['run', '--docker', url, '--data', data, '--listen', 'off'])
await agent.says(/connected/i)
for (let round = 0; round < rounds; round++) {
  for (const [name, signal] of [
    ['engine-stop', 'SIGTERM'],
    ['engine-kill', 'SIGKILL'],
  ] as const) {
    await oneEnd(name, signal, round)
    console.error(`${name}: round ${round + 1} of ${rounds}`)
  }
}
await agent.stop()
await keep()
await rm(data, { recursive: true })

async function oneEnd(kind: string, signal: NodeJS.Signals, round: number): Promise<void> {
  const made: { readonly plan: Plan; readonly hands: Hands }[] = []
  for (const [way, plan] of Object.entries(plans)) {
    const scenario = `${kind}-${way}`
    const runs = plan.runs.map((run) => truthAt(kind, run))
    truths[scenario] = { runs, times: rounds * EACH }
    for (let each = 1; each <= EACH; each++) {
      const name = containerName(scenario, round * EACH + each)
      const parts = { socketPath: path, family: 'docker', image, name, port: 0 } as const
      made.push({ plan, hands: createHands({ ...parts, signal: ended.signal }) })
    }
  }
  for (const { plan, hands } of made) {
    const policy = plan.policy === undefined ? {} : { RestartPolicy: { Name: plan.policy } }
    await hands.create(plan.script, { HostConfig: policy })
    await hands.start()
    await hands.ready()
    await plan.before?.(hands)
  }
  await made[0]!.hands.pass(2_500)
  await Promise.all(made.map(async ({ plan, hands }) => plan.justBefore?.(hands)))
  await endEngine(signal)
  await startEngine()
  await made[0]!.hands.pass(1_000)
  for (const { plan, hands } of made) {
    await plan.after?.(hands)
    await hands.over()
  }
  await made[0]!.hands.pass(1_500)
  for (const { hands } of made) await send(path, 'DELETE', `/containers/${hands.name}?v=true`)
}

function truthAt(kind: string, run: RunTruth): RunTruth {
  if (kind !== 'engine-stop' || run.cause !== 'daemon') return run
  const untold = 'one that ended before the last was asked may have been stopped by somebody just before' // prettier-ignore
  return { ...run, untold }
}

async function startEngine(): Promise<void> {
  // A killed one leaves them, and where nobody waits for it, it looks alive.
  for (const file of pidFiles) await rm(file, { force: true })
  // It may give up waiting before an engine that first ends what it left behind.
  await run('sh', ['-c', start!]).catch((thrown: unknown) =>
    console.error(String(thrown).slice(0, 200)),
  )
  const isThere = async (): Promise<true | undefined> => {
    const answer = await send(path, 'GET', '/_ping').catch(() => undefined)
    return answer?.status === 200 ? true : undefined
  }
  await eventually('the engine is back', isThere, 180_000)
}

async function endEngine(signal: NodeJS.Signals): Promise<void> {
  const pid = Number(await readFile(pidFile!, 'utf8'))
  process.kill(pid, signal)
  const isGone = async (): Promise<true | undefined> => {
    // A zombie that nobody waits for has no executable any more.
    const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return cmdline === '' ? true : undefined
  }
  await eventually(`the engine ${pid} is gone`, isGone, 60_000)
}

async function keep(): Promise<void> {
  await mkdir(out!, { recursive: true })
  const { stdout } = await run(process.execPath, [main, 'export', '--data', data])
  await writeFile(join(out!, 'engine-ends.ndjson.zst'), squeezed(stdout))
  const truth: Truth = { family: 'docker', scenarios: truths, spoilt: [] }
  await writeFile(join(out!, 'engine-ends.json'), `${JSON.stringify(truth, undefined, 2)}\n`)
}
