import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { assertBalanced } from '../../support/account.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { fakeEngine, fakeLoad, type FakeLoad } from '../../support/faults/fake-load.ts'
import { faultyServer } from '../../support/faults/faulty-server.ts'
import { idKeeper } from '../../support/faults/keepers.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'

const ROUNDS = Math.max(1, Math.round(2 * faultScale))
const PER_SECOND = 300
/** What comes while it is away the engine remembers, so that nothing at all may be missing. */
const REMEMBERS = 20_000
/** It ends within 8 s of hearing the signal, which on a busy machine it does not hear at once; Docker kills after 10. */
const WITHIN_MS = 10_000

test('SIGTERM under load, with a sink that is slow and one that never answers: exit 0 in time', async (t) => {
  const random = chances(t)
  const quick = idKeeper()
  const slow = idKeeper()
  const stuck = idKeeper()
  await using quickServer = await faultyServer(quick)
  await using slowServer = await faultyServer(slow)
  await using stuckServer = await faultyServer(stuck)
  slowServer.behave = () => ({ slowMs: 1_500 })
  const fake = await fakeEngine(t, REMEMBERS)
  const lives = await agentLives(t, {
    engines: [`unix://${fake.socketPath}`],
    sinks: [
      `${quickServer.url}/?name=quick`,
      `${slowServer.url}/?name=slow&batch=100`,
      `${stuckServer.url}/?name=stuck&batch=100`,
    ],
  })

  let load: FakeLoad | undefined
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    stuckServer.behave = () => 'hang'
    const agent = lives.begin()
    await agent.says(/connected to Docker/)
    load ??= fakeLoad(t, fake, { perSecond: PER_SECOND, random, remembers: REMEMBERS })
    await wait(1_000 + 3_000 * random())
    const asked = performance.now()
    assert.equal(await agent.stop(), 0, agent.log.slice(-2000))
    took.push(Math.round(performance.now() - asked))
    assert.doesNotMatch(agent.log, /is read again after the next start/, 'all it read is durable')
  }
  load!.stop()
  slowServer.behave = () => 'take'
  stuckServer.behave = () => 'take'
  lives.begin()
  await lives.caughtUp(load!.heard())
  await lives.end()

  t.diagnostic(`${load!.told.length} events; SIGTERM took ${took.join(', ')} ms`)
  const sinks = {
    quick: { got: quick.got, inOrder: true },
    slow: { got: slow.got, inOrder: true },
    stuck: { got: stuck.got, inOrder: true },
  }
  const made = await lives.account([load!.heard()], sinks)
  assertBalanced(t, made)
  assert.deepEqual(made.gaps, [], 'nothing may be missing')
  for (const each of took) assert.ok(each < WITHIN_MS, `SIGTERM took ${each} ms`)
})
