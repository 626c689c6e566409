import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { countedGapOf } from '../../src/model/counted-gap.ts'
import type { Gap } from '../../src/model/entry.ts'
import { account, assertBalanced, readJournal } from '../support/account.ts'
import { startAgent } from '../support/agent-process.ts'
import { countedIn } from '../support/counted-in.ts'
import { eventually } from '../support/eventually.ts'
import { startFakeEngine } from '../support/fake-engine-process.ts'

const PER_SECOND = 2_000
const FROZEN_MS = process.env['CI'] === 'true' ? 5_000 : 10_000

test('an agent that stands still under load: what the engine dropped meanwhile lies in gaps, and the account balances', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-frozen-'))
  t.after(() => rm(folder, { recursive: true }))
  const dir = join(folder, 'data')
  await using engine = await startFakeEngine(folder)
  const docker = `unix://${engine.socketPath}`
  await using agent = startAgent(['run', '--data', dir, '--docker', docker, '--listen', 'off'], {
    AUDITOR_DOCKER__METRICS: engine.metricsUrl,
  })
  await agent.says(/connected to Docker/)
  await eventually('the count is known', () => Promise.resolve(countedIn(dir) === 0 || undefined))

  await engine.do({ do: 'load', perSecond: PER_SECOND, ms: 2_000 })
  process.kill(agent.pid, 'SIGSTOP')
  await engine.do({ do: 'load', perSecond: PER_SECOND, ms: FROZEN_MS })
  process.kill(agent.pid, 'SIGCONT')
  await engine.do({ do: 'load', perSecond: PER_SECOND, ms: 2_000 })
  await eventually('the gap is counted', async () => (await numbersIn(dir)).at(-1))
  await engine.do({ do: 'end' })
  await agent.says(/waiting for Docker/)
  await agent.stop()

  const [heard, lost] = [await engine.heard(), await engine.lost()]
  const journal = await readJournal(dir)
  const engines = [{ id: engine.id, heard }]
  const made = account({ engines, journal })
  assertBalanced(t, made)
  const journaled = new Set(
    journal.entries.map((entry) => (entry.kind === 'record' ? entry.event.line : '')),
  )
  assert.deepEqual(
    lost.filter((line) => journaled.has(line)),
    [],
  )
  const seconds = FROZEN_MS / 1000
  assert.ok(lost.length > (seconds - 2) * PER_SECOND, `only ${lost.length} were lost`)
  assert.equal(heard.length, heard.filter((line) => journaled.has(line)).length + lost.length)
  const gaps = journal.entries.filter(
    (entry): entry is Gap & { seq: number } => entry.kind === 'gap',
  )
  const overflow = gaps.filter(({ cause, count }) => cause === 'overflow' && count === undefined)
  const missed = (await numbersIn(dir)).reduce((sum, count) => sum + count, 0)
  assert.equal(missed, lost.length, 'the engine counts what it drops')
  assert.ok(overflow.length >= 1 && overflow.length < 10, `${overflow.length} gaps`)
})

/** How many events are said to be missing in gaps. */
async function numbersIn(dir: string): Promise<number[]> {
  const { entries } = await readJournal(dir)
  return entries.flatMap((entry) => countedGapOf(entry)?.count ?? [])
}
