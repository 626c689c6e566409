import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { assertBalanced } from '../../support/account.ts'
import { elasticsearch } from '../../support/elasticsearch.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { cuttingTcpProxy } from '../../support/faults/cutting-tcp-proxy.ts'
import { delays } from '../../support/faults/delays.ts'
import { fakeEngine, fakeLoad } from '../../support/faults/fake-load.ts'
import { faultyServer, type Behaviour } from '../../support/faults/faulty-server.ts'
import { idKeeper, passingOn } from '../../support/faults/keepers.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { lumberjackServer, type LumberjackServer } from '../../support/lumberjack-server.ts'
import { requirePeer } from '../../support/peers.ts'
import { tcpReceiver } from '../../support/tcp-receiver.ts'

const QUIET_MS = 3_000
const FAULTS_MS = 10_000 * faultScale
const PER_SECOND = 100
const DATA_STREAM = 'logs-docker.faults-default'

interface Received {
  readonly event: { readonly id: string }
}

test('sinks frozen, away, overloaded, cut in mid-batch: each gets every entry, the steady one at once', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  const receivers = await requirePeer(t, tcpReceiver)
  const lumberjacks = await requirePeer(t, lumberjackServer)
  if (node === undefined || receivers === undefined || lumberjacks === undefined) return
  const random = chances(t)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!

  const steady = idKeeper()
  const hooks = { away: idKeeper(), busy: idKeeper(), cutting: idKeeper() }
  // Refuses a batch for the sake of one event in some fifty.
  const picky = idKeeper(({ event }) => event.id.endsWith('7') && event.id.at(-2)! < '5')
  await using steadyServer = await faultyServer(steady)
  await using away = await faultyServer(hooks.away)
  await using busy = await faultyServer(hooks.busy)
  await using cutting = await faultyServer(hooks.cutting)
  await using pickyServer = await faultyServer(picky)
  await using search = await faultyServer(passingOn(node.url))
  await using frozen = await receivers.open()
  await frozen.start()
  await using beats = await lumberjacks.open('-drop-ack-every', '5')
  await using cut = await cuttingTcpProxy(beats.port, () => ({
    asked: 500 + Math.floor(40_000 * random()),
    answered: 1 + Math.floor(40 * random()),
  }))

  const fake = await fakeEngine(t)
  const lives = await agentLives(t, {
    engines: [`unix://${fake.socketPath}`],
    sinks: [
      `${steadyServer.url}/?name=steady&every=0s`,
      `${away.url}/?name=away&batch=100`,
      `${busy.url}/?name=busy&batch=100&timeout=2s`,
      `${cutting.url}/?name=cutting&batch=100`,
      `${pickyServer.url}/?name=picky&batch=100`,
      `elasticsearch+${search.url}/${DATA_STREAM}?name=search&batch=100&timeout=5s`,
      `logstash://127.0.0.1:${frozen.port}?name=frozen&timeout=5s`,
      `beats://127.0.0.1:${cut.port}?name=beats&batch=100&timeout=5s`,
    ],
    mayRefuse: true,
  })
  lives.begin()
  await lives.agent.says(/connected to Docker/)
  const load = fakeLoad(t, fake, { perSecond: PER_SECOND, random })
  await wait(QUIET_MS)
  const faultsFrom = load.told.length

  const rarely = (faults: readonly Behaviour[]) => (): Behaviour =>
    random() < 0.5 ? 'take' : pick(faults)
  busy.behave = rarely([{ status: 429, retryAfter: 1 }, { status: 503 }, 'hang'])
  cutting.behave = rarely(['close in the middle', 'close after'])
  search.behave = rarely([
    { status: 429, retryAfter: 1 },
    { status: 503 },
    'close in the middle',
    'close after',
    { slowMs: 1_000 },
  ])
  const until = performance.now() + FAULTS_MS
  while (performance.now() < until) {
    frozen.pause()
    await away.refuse()
    await wait(1_000 + 2_000 * random())
    if (random() < 0.5) await frozen.kill().then(() => frozen.start())
    else frozen.resume()
    await away.accept()
    await wait(1_000 + 1_000 * random())
  }
  load.stop()
  await lives.caughtUp(load.heard())
  for (const server of [busy, cutting, search]) server.behave = () => 'take'
  await lives.end()

  const got = (await frozen.received()) as readonly Received[]
  const made = await lives.account([load.heard()], {
    steady: { got: steady.got, once: true, inOrder: true },
    away: { got: hooks.away.got, inOrder: true },
    busy: { got: hooks.busy.got, inOrder: true },
    cutting: { got: hooks.cutting.got, inOrder: true },
    picky: { got: picky.got, inOrder: true },
    search: { got: await node.ids(DATA_STREAM), once: true },
    frozen: { got: got.map(({ event }) => event.id) },
    beats: { got: await idsAt(beats), inOrder: true },
  })
  const behaved = [busy, cutting, search].flatMap((server) => [...server.behaved])
  t.diagnostic(`beats: cut ${cut.cuts.asked} times on the way there, ${cut.cuts.answered} back`)
  t.diagnostic(`answers: ${behaved.map(([what, count]) => `${what} ${count}`).join(', ')}`)
  assertBalanced(t, made)

  const quiet = delays(fake.core.id, load.told.slice(0, faultsFrom), steady)
  const meanwhile = delays(fake.core.id, load.told.slice(faultsFrom), steady)
  t.diagnostic(`the steady sink, from the event to its arrival: at first ${quiet.text}`)
  t.diagnostic(`the steady sink, while all others were at fault: ${meanwhile.text}`)
  const outage = delays(fake.core.id, load.told.slice(faultsFrom), hooks.away)
  t.diagnostic(`the sink that was away now and then: ${outage.text}`)
  // How busy the machine is delays both; P8 by itself is tried in virtual time.
  assert.ok(meanwhile.p99 < outage.p99, 'the others delayed the steady sink')
  assert.ok(made.places.get('picky')!.fates.get('dead-lettered')! > 0)
})

async function idsAt(server: LumberjackServer): Promise<string[]> {
  const lines = await server.lines()
  return lines.map((line) => (JSON.parse(line) as Received).event.id)
}
