import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { assertBalanced } from '../../support/account.ts'
import { dockerEngine } from '../../support/docker.ts'
import { elasticsearch } from '../../support/elasticsearch.ts'
import { agentLives } from '../../support/faults/agent-lives.ts'
import { watchLags } from '../../support/faults/lags.ts'
import { realLoad } from '../../support/faults/real-load.ts'
import { lumberjackServer } from '../../support/lumberjack-server.ts'
import { requirePeer } from '../../support/peers.ts'
import { mountSmallDisk, smallDisk } from '../../support/small-disk.ts'
import { tcpReceiver } from '../../support/tcp-receiver.ts'

const CONTAINERS = 300
const AT_ONCE = 3
const AWAY_MS = 6_000
const WELL_MS = 3_000
const DATA_STREAM = 'logs-docker.four-default'

interface Received {
  readonly event: { readonly id: string }
}
const idOf = ({ event }: Received): string => event.id
const idIn = (line: string): string => idOf(JSON.parse(line) as Received)

test(`the same ${CONTAINERS} lives into four sinks, each at fault in turn: none delays another`, async (t) => {
  const docker = await requirePeer(t, dockerEngine)
  const node = await requirePeer(t, elasticsearch)
  const receivers = await requirePeer(t, tcpReceiver)
  const lumberjacks = await requirePeer(t, lumberjackServer)
  if (docker === undefined || node === undefined) return
  if (receivers === undefined || lumberjacks === undefined) return
  if ((await requirePeer(t, smallDisk)) === undefined) return
  const disk = await mountSmallDisk(t, 24)
  const path = join(disk.path, 'audit.ndjson')
  await using stash = await receivers.open()
  await stash.start()
  await using beats = await lumberjacks.open()

  const lives = await agentLives(t, {
    engines: [`unix://${docker.socket}`],
    sinks: [
      `elasticsearch+${node.url}/${DATA_STREAM}?name=search&timeout=5s`,
      `logstash://127.0.0.1:${stash.port}?name=stash&timeout=5s&every=100ms`,
      `beats://127.0.0.1:${beats.port}?name=beats&timeout=5s&every=100ms`,
      `file://${path}?name=file&every=100ms`,
    ],
  })
  lives.begin()
  await lives.agent.says(/connected to Docker/)
  const load = await realLoad(t, { atOnce: AT_ONCE, atMost: CONTAINERS })
  await using lags = await watchLags(lives.dir)

  /** What goes wrong with a sink, and how that ends. */
  const faults: { readonly [sink: string]: () => Promise<() => Promise<void> | void> } = {
    async search() {
      await node.kill()
      return () => node.restart()
    },
    async stash() {
      await stash.kill()
      return () => stash.start()
    },
    async beats() {
      beats.pause()
      return () => beats.resume()
    },
    async file() {
      await disk.fill()
      return () => disk.free()
    },
  }
  await wait(WELL_MS)
  for (const [name, begin] of Object.entries(faults)) {
    const end = await begin()
    lags.during(name)
    await wait(AWAY_MS)
    lags.during(undefined)
    await end()
    await wait(WELL_MS)
  }
  await load.done
  await load.stop()
  await lives.caughtUp(load.heard())
  await lives.end()

  const made = await lives.account([load.heard()], {
    search: { got: await node.ids(DATA_STREAM), once: true },
    stash: { got: ((await stash.received()) as readonly Received[]).map(idOf) },
    beats: { got: (await beats.lines()).map(idIn), inOrder: true },
    file: { got: (await readFile(path, 'utf8')).trimEnd().split('\n').map(idIn), inOrder: true },
  })
  t.diagnostic(`${load.lives} lives, ${load.told.length} events`)
  for (const line of lags.table()) t.diagnostic(line)
  assertBalanced(t, made)
  assert.equal(load.lives, CONTAINERS)
  // How busy the machine is delays all of them; P8 by itself is tried in virtual time.
  for (const { fault, sink, p50 } of lags.all()) {
    const own = lags.all().find((lag) => lag.fault === fault && lag.sink === fault)!
    assert.ok(p50 < own.max, `${fault} delayed ${sink} by ${p50} ms`)
  }
})
