import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { assertBalanced } from '../../support/account.ts'
import { dockerEngine } from '../../support/docker.ts'
import { elasticsearch } from '../../support/elasticsearch.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { fakeEngine, fakeLoad } from '../../support/faults/fake-load.ts'
import { faultyServer } from '../../support/faults/faulty-server.ts'
import { idKeeper } from '../../support/faults/keepers.ts'
import { realLoad } from '../../support/faults/real-load.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { requirePeer } from '../../support/peers.ts'

const ROUNDS = Math.ceil(4 * faultScale)
const KILLED_WITHIN_MS = 2_000
const BOTH_CONNECTED = /connected to Docker[^]*connected to Docker/
const DATA_STREAM = 'logs-docker.kills-default'

test(`${ROUNDS} times killed by kill -9 under load: every event is accounted for, in Elasticsearch once`, async (t) => {
  const node = await requirePeer(t, elasticsearch)
  const docker = await requirePeer(t, dockerEngine)
  if (node === undefined || docker === undefined) return
  const random = chances(t)
  const keeper = idKeeper()
  await using server = await faultyServer(keeper)
  const fake = await fakeEngine(t)
  const lives = await agentLives(t, {
    engines: [`unix://${fake.socketPath}`, `unix://${docker.socket}`],
    sinks: [`elasticsearch+${node.url}/${DATA_STREAM}?name=search`, `${server.url}/?name=hook`],
  })
  // The trail begins with the first connection; of what was before it nothing is promised.
  let agent = lives.begin()
  await agent.says(BOTH_CONNECTED)
  const load = fakeLoad(t, fake, { perSecond: 30, random })
  const real = await realLoad(t, { atOnce: 2 })

  const begun = performance.now()
  let away = 0
  for (let round = 0; round < ROUNDS; round++) {
    // Every third while it is still beginning.
    if (random() < 0.67) await agent.says(BOTH_CONNECTED)
    await wait(random() * KILLED_WITHIN_MS)
    await agent.kill()
    // Now and then it is away for long enough for the engine to forget.
    const pause = random() < 0.3 ? 3_000 * random() : 0
    away += pause
    await wait(pause)
    agent = lives.begin()
  }
  await agent.says(BOTH_CONNECTED)
  load.stop()
  await real.stop()
  const engines = [load.heard(), real.heard()]
  for (const engine of engines) await lives.caughtUp(engine)
  const seconds = (performance.now() - begun) / 1000
  await lives.end()

  const documents = await node.ids(DATA_STREAM)
  const made = await lives.account(engines, {
    search: { got: documents, once: true },
    hook: { got: keeper.got, inOrder: true },
  })
  t.diagnostic(
    `${ROUNDS} kills in ${seconds.toFixed(0)} s, ${(away / 1000).toFixed(1)} s of it paused; ` +
      `${load.told.length} events of the fake engine, ${real.told.length} of the real one (${real.lives} containers)`,
  )
  assertBalanced(t, made)
})
