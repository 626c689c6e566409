import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { assertBalanced, readJournal } from '../../support/account.ts'
import { dockerEngine } from '../../support/docker.ts'
import { elasticsearch } from '../../support/elasticsearch.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { fakeEngine, fakeLoad } from '../../support/faults/fake-load.ts'
import { realLoad } from '../../support/faults/real-load.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { requirePeer } from '../../support/peers.ts'

const SECONDS = Math.round(8 * faultScale)
const INDEX = 'two-agents'

test('two agents on the same engines write into one index: one document an event', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  const docker = await requirePeer(t, dockerEngine)
  if (node === undefined || docker === undefined) return
  const random = chances(t)
  const fake = await fakeEngine(t)
  const parts = {
    engines: [`unix://${fake.socketPath}`, `unix://${docker.socket}`],
    sinks: [`elasticsearch+${node.url}?name=search&index=${INDEX}`],
  }
  const both = [await agentLives(t, parts), await agentLives(t, parts)] as const
  for (const lives of both) lives.begin()
  for (const { agent } of both) await agent.says(/connected to Docker[^]*connected to Docker/)
  const load = fakeLoad(t, fake, { perSecond: 60, random })
  const real = await realLoad(t, { atOnce: 2 })

  // One of them is killed now and then, so that they are never at the same place.
  for (let left = SECONDS * 1000; left > 0;) {
    const pause = 1_000 + 3_000 * random()
    await wait(pause)
    left -= pause
    const lives = random() < 0.5 ? both[0] : both[1]
    await lives.agent.kill()
    lives.begin()
  }
  for (const { agent } of both) await agent.says(/connected to Docker[^]*connected to Docker/)
  load.stop()
  await real.stop()
  const engines = [load.heard(), real.heard()]
  for (const lives of both) {
    for (const engine of engines) await lives.caughtUp(engine)
    await lives.end()
  }

  const documents = await node.ids(INDEX)
  const journals = await Promise.all(both.map(({ dir }) => readJournal(dir)))
  const ids = journals.map(({ entries }) => new Set(entries.map(({ id }) => id)))
  const union = ids[0]!.union(ids[1]!)
  const shared = ids[0]!.intersection(ids[1]!)
  t.diagnostic(
    `${load.told.length} events of the fake engine, ${real.told.length} of the real one; ` +
      `${ids[0]!.size} and ${ids[1]!.size} entries, ${shared.size} ids in common, ${documents.length} documents`,
  )
  for (const [index, lives] of both.entries()) {
    const got = documents.filter((id) => ids[index]!.has(id))
    assertBalanced(t, await lives.account(engines, { search: { got, once: true } }))
  }
  assert.deepEqual(documents.toSorted(), [...union].toSorted(), 'each document once, and no other')
})
