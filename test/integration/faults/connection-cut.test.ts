import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertBalanced } from '../../support/account.ts'
import { dockerEngine } from '../../support/docker.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { cuttingProxy } from '../../support/faults/cutting-proxy.ts'
import { fakeEngine, fakeLoad } from '../../support/faults/fake-load.ts'
import { faultyServer } from '../../support/faults/faulty-server.ts'
import { idKeeper } from '../../support/faults/keepers.ts'
import { realLoad } from '../../support/faults/real-load.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { requirePeer } from '../../support/peers.ts'

const CONTAINERS = Math.round(50 * faultScale)
const AT_ONCE = 3

test(`${CONTAINERS} containers live and die behind a connection that is cut all the time`, async (t) => {
  const docker = await requirePeer(t, dockerEngine)
  if (docker === undefined) return
  const random = chances(t)
  const lifeMs = (): number => 3_000 * random() ** 2
  const keeper = idKeeper()
  await using server = await faultyServer(keeper)
  const fake = await fakeEngine(t)
  const proxies = [
    await cuttingProxy(t, docker.socket, lifeMs),
    await cuttingProxy(t, fake.socketPath, lifeMs),
  ]
  const lives = await agentLives(t, {
    engines: proxies.map(({ path }) => `unix://${path}`),
    sinks: [`${server.url}/?name=hook`],
  })
  lives.begin()
  await lives.agent.says(/connected to Docker[^]*connected to Docker/)

  const begun = performance.now()
  const load = fakeLoad(t, fake, { perSecond: 200, random })
  const real = await realLoad(t, { atOnce: AT_ONCE, atMost: CONTAINERS })
  await real.done
  load.stop()
  await real.stop()
  const seconds = (performance.now() - begun) / 1000
  for (const proxy of proxies) proxy.stopCutting()
  const engines = [load.heard(), real.heard()]
  for (const engine of engines) await lives.caughtUp(engine)
  await lives.end()

  const cuts = proxies.map((proxy) => proxy.cuts)
  t.diagnostic(
    `${real.lives} containers in ${seconds.toFixed(0)} s; cut ${cuts.join(' and ')} times; ` +
      `${real.told.length} events of the real engine, ${load.told.length} of the fake one`,
  )
  assertBalanced(t, await lives.account(engines, { hook: { got: keeper.got, inOrder: true } }))
  assert.ok(Math.min(...cuts) >= seconds / 10, 'the connection was not cut often')
})
