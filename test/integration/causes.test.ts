import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RunRow } from '../../src/lives/run-row.ts'
import { startAgent } from '../support/agent-process.ts'
import { createHands } from '../support/causes/hands.ts'
import { scenarios, truthOn } from '../support/causes/scenarios.ts'
import { verdictOf } from '../support/causes/confusion.ts'
import { cli, scratch } from '../support/cli.ts'
import { containerPrefix, dockerEngine } from '../support/docker.ts'
import { eventually } from '../support/eventually.ts'
import { requirePeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'

/** One of each cause; all of them, twenty times each, are in the fixtures. `daemon` needs an engine of its own. */
const CHOSEN = [
  'completed-0',
  'crashed-3',
  'oom-main',
  'stop-exit-0',
  'stop-timeout',
  'kill-usr1',
  'restart-handled',
  'rm-force',
  'start-no-binary',
  'start-port-taken',
  'second-start-no-binary',
  'policy-loop',
  'label-exit-code-0',
]
/** An end that was asked for is told of after 15 s. */
const SETTLED_WITHIN_MS = 60_000

test('auditor run tells the cause of each end on the real engine, and auditor lives shows it', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const { socket, image } = engine
  const prefix = containerPrefix(t)
  const data = join(await scratch(t), 'data')
  const ended = new AbortController()
  t.after(() => ended.abort())
  await using agent = startAgent(
    ['run', '--docker', `unix://${socket}`, '--data', data, '--listen', 'off'], // prettier-ignore
  )
  await agent.says(/connected to Docker/)

  const chosen = scenarios.filter(({ name }) => CHOSEN.includes(name))
  assert.equal(chosen.length, CHOSEN.length)
  const act = async (scenario: (typeof chosen)[number]): Promise<void> => {
    const about = { socketPath: socket, family: 'docker', image, signal: ended.signal } as const
    const port = await freePort()
    await scenario.act(createHands({ ...about, name: `${prefix}${scenario.name}`, port }))
  }
  for (let at = 0; at < chosen.length; at += 4) {
    await Promise.all(chosen.slice(at, at + 4).map(act))
  }

  const told = async (name: string): Promise<RunRow[]> => {
    const { stdout } = await cli(['lives', `name:${name}`, '--data', data, '-o', 'ndjson'])
    const rows = stdout.split('\n').filter((line) => line !== '')
    return rows.map((line) => JSON.parse(line) as RunRow).sort((a, b) => a.run - b.run)
  }
  for (const scenario of chosen) {
    const truth = truthOn('docker', scenario, 1)
    assert.ok('runs' in truth)
    const rows = await eventually(
      `the lives of ${scenario.name} are settled`,
      async () => {
        const rows = await told(`${prefix}${scenario.name}`)
        const settled = rows.filter(({ isSettled }) => isSettled)
        return settled.length >= truth.runs.length ? settled : undefined
      },
      SETTLED_WITHIN_MS,
    )
    const verdicts = truth.runs.map((run, index) => verdictOf(run, rows[index]))
    const causes = rows.map(({ cause, notes }) => [cause, ...notes].join(' ')).join(', ')
    assert.deepEqual(
      verdicts,
      truth.runs.map(() => 'right'),
      `${scenario.name}: ${causes}`,
    )
  }
  assert.equal(await agent.stop(), 0)
})
