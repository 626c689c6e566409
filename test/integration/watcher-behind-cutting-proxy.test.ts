import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../src/actors/clock.ts'
import { createDecoder } from '../../src/docker/decode.ts'
import { createDockerEngine } from '../../src/docker/dockerode.ts'
import type { Engine } from '../../src/docker/port.ts'
import { createWatcher } from '../../src/docker/watcher.ts'
import type { Entry, Gap } from '../../src/model/entry.ts'
import { eventId } from '../../src/model/entry-id.ts'
import { silentLog } from '../../src/model/log.ts'
import { containerPrefix, docker, dockerEngine } from '../support/docker.ts'
import { eventually } from '../support/eventually.ts'
import { cuttingProxy } from '../support/faults/cutting-proxy.ts'
import { requirePeer } from '../support/peers.ts'

const CONTAINERS = 12

test('behind a proxy that cuts in the middle of lines, every event of the real engine comes once', async (t) => {
  const peer = await requirePeer(t, dockerEngine)
  if (peer === undefined) return
  const prefix = containerPrefix(t)
  const direct = openEngine(peer.socket)
  const { ref, time } = await direct.info(new AbortController().signal)
  const end = new AbortController()
  t.after(() => end.abort())
  const truth = listen(direct, ref.id, time, end.signal)
  const run = (n: number): Promise<unknown> =>
    docker('run', '--rm', '--network', 'none', '--name', `${prefix}${n}`, peer.image, 'true')
  // Cut off before anything came, nobody could tell whether something was missed.
  await run(0)
  let streams = 0
  const proxy = await cuttingProxy(t, peer.socket, () => 50 + (streams++ % 7) * 100)

  const entries: Entry[] = []
  const watcher = createWatcher({
    engine: openEngine(proxy.path),
    resume: () => Promise.resolve(undefined),
    emit: (entry) => entries.push(entry),
    log: silentLog,
    clock: systemClock,
    firstSince: time,
    snapshot: false,
    minDelayMs: 20,
    maxDelayMs: 200,
  })
  const context = { name: 'watcher', signal: end.signal, clock: systemClock, restarts: 0 }
  const ended = watcher.run(context)

  for (let n = 1; n < CONTAINERS; n++) await run(n)
  const wanted = truth.filter(({ name }) => name?.startsWith(prefix) === true)
  assert.ok(wanted.length >= CONTAINERS * 4)
  proxy.stopCutting()
  const recorded = (): Set<string> =>
    new Set(entries.flatMap((entry) => (entry.kind === 'record' ? [entry.id] : [])))
  const gaps = (): Gap[] => entries.filter((entry) => entry.kind === 'gap')
  const isTold = ({ id, time }: Heard): boolean =>
    recorded().has(id) || gaps().some(({ from, to }) => from <= time && time <= to)
  await eventually('all events', () => Promise.resolve(wanted.every(isTold) ? true : undefined))
  end.abort(new Error('enough'))
  await ended

  const records = entries.filter((entry) => entry.kind === 'record')
  assert.equal(recorded().size, records.length, 'an event came twice')
  assert.ok(watcher.status().reconnects >= 3, `${watcher.status().reconnects} reconnects`)
  // Others may use this engine too; with less than it remembers, nothing may be missing.
  if (truth.length < 256) assert.deepEqual(gaps(), [])
  t.diagnostic(
    `${wanted.length} own events of ${truth.length}, ${watcher.status().reconnects} reconnects, ${gaps().length} gaps`,
  )
})

function openEngine(path: string): Engine {
  return createDockerEngine({ kind: 'unix', url: `unix://${path}`, path })
}

interface Heard {
  readonly id: string
  readonly time: bigint
  readonly name: string | undefined
}

/** What an independent listener hears, from `since` on until the signal is aborted. */
function listen(engine: Engine, engineId: string, since: bigint, signal: AbortSignal): Heard[] {
  const heard: Heard[] = []
  const decoder = createDecoder({
    onEvent: (event) =>
      heard.push({
        id: eventId(engineId, event),
        time: event.time,
        name: event.attributes['name'],
      }),
    onBad: ({ text }) => assert.fail(`undecodable: ${text}`),
  })
  const listening = async (): Promise<void> => {
    for await (const chunk of engine.open({ since, signal })) decoder.write(chunk)
  }
  listening().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return heard
}
