import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { createAuditor } from '../../../src/agent/auditor.ts'
import { openEngine } from '../../../src/agent/local-engine.ts'
import { openJournal } from '../../../src/journal/open.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import { account, assertBalanced, readJournal } from '../../support/account.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { fakeEngine, fakeLoad } from '../../support/faults/fake-load.ts'
import { faultyServer } from '../../support/faults/faulty-server.ts'
import { idKeeper } from '../../support/faults/keepers.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { createSteppingClock } from '../../support/faults/stepping-clock.ts'

const STEPS = Math.round(8 * faultScale)
const STEPS_MS = [-100, -2_000, -6_000, -60_000, -3_600_000, 2_000, 60_000, 3_600_000]
/** Docker's history and half as many. */
const TOO_MANY = 400

interface Step {
  /** How the agent fares while the clock is set. */
  readonly meanwhile: 'connected' | 'cut' | 'killed'
  readonly ms: number
  /** More happens before, or after it, than the engine remembers. */
  readonly forgotten: 'nothing' | 'before' | 'after'
}

/** What the engine's history does not tell. */
const FIRST: readonly Step[] = [
  ...[-2_000, -6_000, -3_600_000].map((ms): Step => ({ meanwhile: 'cut', ms, forgotten: 'after' })),
  // A clock that was set back by less than no agent ran looks like any other.
  ...[-60_000, -3_600_000].map((ms): Step => ({ meanwhile: 'killed', ms, forgotten: 'after' })),
]

test(`the engine's clock is set ${STEPS} times, while the agent is connected, cut off or killed`, async (t) => {
  const random = chances(t)
  const pick = <T>(...from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const clock = createSteppingClock()
  const keeper = idKeeper()
  await using server = await faultyServer(keeper)
  const fake = await fakeEngine(t, 256, clock)
  const lives = await agentLives(t, {
    engines: [`unix://${fake.socketPath}`],
    sinks: [`${server.url}/?name=hook`],
  })
  await lives.begin().says(/connected to Docker/)
  const load = fakeLoad(t, fake, { perSecond: 60, random })
  await lives.caughtUp(load.heard())

  async function tooMany(): Promise<void> {
    for (let left = TOO_MANY; left > 0; left -= 10) {
      load.burst(10)
      await wait(10)
    }
  }

  async function take({ meanwhile, ms, forgotten }: Step): Promise<void> {
    if (meanwhile === 'killed') await lives.agent.kill()
    if (meanwhile === 'cut') {
      fake.fail('info', { kind: 'drop' })
      fake.core.cut('{"Type":"contai')
    }
    if (forgotten === 'before') await tooMany()
    clock.step(ms)
    if (forgotten === 'after') await tooMany()
    fake.heal('info')
    if (meanwhile === 'killed') await lives.begin().says(/connected to Docker/)
    await wait(500 + 500 * random())
  }

  // After a step of an hour a gap may cover an hour: each step is accounted for by itself.
  let told = 0
  let places = 0
  async function accountOfStep(step: Step): Promise<void> {
    load.pace(0)
    await lives.caughtUp(load.heard())
    const journal = await readJournal(lives.dir)
    const entries = journal.entries.filter(({ seq }) => seq > places)
    const { id, heard } = load.heard() // which gaps are needless can't be told by times that fall
    const made = account({
      engines: [{ id, heard: heard.slice(told) }],
      journal: { ...journal, entries },
    })
    assert.deepEqual(made.faults, [], JSON.stringify(step))
    told = heard.length
    places += entries.length
    load.pace(60)
  }

  for (let step = 0; step < STEPS; step++) {
    const forgotten = pick('nothing', 'nothing', 'before', 'after')
    const meanwhile = pick('connected', 'cut', 'killed')
    const ms = meanwhile === 'killed' ? pick(-3_600_000, -60_000, 60_000) : pick(...STEPS_MS)
    const next = FIRST[step] ?? { meanwhile, ms, forgotten }
    await take(next)
    await accountOfStep(next)
  }
  load.stop()
  await lives.caughtUp(load.heard())
  await lives.end()

  t.diagnostic(`${load.told.length} events`)
  const { id, heard } = load.heard()
  assertBalanced(
    t,
    await lives.account([{ id, heard }], { hook: { got: keeper.got, inOrder: true } }),
  )
})

test(`the agent's own clock steps ${STEPS} times`, async (t) => {
  const random = chances(t)
  const dir = await mkdtemp(join(tmpdir(), 'auditor-clock-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const clock = createSteppingClock()
  const fake = await fakeEngine(t)
  const sink = createMemorySink('memory')
  const journal = await openJournal({ dir, clock })
  const auditor = createAuditor({
    engines: [openEngine(`unix://${fake.socketPath}`, {})],
    journal,
    clock,
    sinks: [{ sink, every: 100 }],
  })
  await auditor.start()
  const load = fakeLoad(t, fake, { perSecond: 150, random })
  for (let step = 0; step < STEPS; step++) {
    clock.step(STEPS_MS[Math.floor(random() * STEPS_MS.length)]!)
    if (random() < 0.3) fake.core.cut('{"Type":')
    await wait(300)
  }
  load.stop()
  await wait(1_000)
  await auditor.drain(AbortSignal.timeout(20_000))
  await auditor.stop()

  const got = sink.entries.map(({ id }) => id)
  t.diagnostic(`${load.told.length} events`)
  const parts = { engines: [load.heard()], journal: await readJournal(dir) }
  const made = account({ ...parts, sinks: { memory: { got, inOrder: true } } })
  assertBalanced(t, made)
  assert.deepEqual(made.gaps, [], 'nothing may be missing')
})
