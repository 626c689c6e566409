import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openJournalView } from '../../src/journal/open.ts'
import { eventId } from '../../src/model/entry-id.ts'
import type { Entry, Gap } from '../../src/model/entry.ts'
import { startAgent } from '../support/agent-process.ts'
import { containerPrefix, docker, dockerEngine, testImage } from '../support/docker.ts'
import { elasticsearch } from '../support/elasticsearch.ts'
import { observe } from '../support/observer.ts'
import { freePort } from '../support/ports.ts'
import { requirePeer } from '../support/peers.ts'
import { tcpReceiver } from '../support/tcp-receiver.ts'

const CONTAINERS = 300
const AT_ONCE = 3
const AWAY_AT_LEAST_MS = 60_000

/** Runs so many containers to their end, a few at a time, and calls back after each. */
async function runLives(
  prefix: string,
  count: number,
  after: (done: number) => void,
): Promise<void> {
  let next = 0
  let done = 0
  async function worker(): Promise<void> {
    while (next < count) {
      const name = `${prefix}${next++}`
      await docker('run', '--rm', '--name', name, '--env', 'TOKEN=swordfish', testImage, 'true')
      after(++done)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

interface Received {
  readonly event: { readonly id: string }
}

test('receivers away for a minute, the agent killed in between: all arrives, in Elasticsearch once', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  const receivers = await requirePeer(t, tcpReceiver)
  if ((await requirePeer(t, dockerEngine)) === undefined) return
  if (node === undefined || receivers === undefined) return
  const dir = await mkdtemp(join(tmpdir(), 'auditor-main-job-'))
  t.after(() => rm(dir, { recursive: true }))
  await using receiver = await receivers.open()
  await receiver.start()
  const prefix = containerPrefix(t)
  const listen = `127.0.0.1:${await freePort()}`
  const args = [
    'run',
    `elasticsearch+${node.url}?name=search`,
    `logstash://127.0.0.1:${receiver.port}?name=stash`,
    '--data',
    dir,
    '--listen',
    listen,
    '--log-format',
    'json',
  ]

  await using observer = await observe()
  let agent = startAgent(args)
  t.after(() => agent[Symbol.asyncDispose]())
  await agent.says(/connected to Docker/)

  const awayAt = Date.now()
  await Promise.all([node.kill(), receiver.kill()])
  let restarted: Promise<void> | undefined
  await runLives(prefix, CONTAINERS, (done) => {
    if (done !== Math.floor(CONTAINERS / 2)) return
    restarted = agent.kill().then(() => {
      agent = startAgent(args)
      return agent.says(/connected to Docker/)
    })
  })
  await restarted
  const stillAway = AWAY_AT_LEAST_MS - (Date.now() - awayAt)
  if (stillAway > 0) await new Promise((resolve) => setTimeout(resolve, stillAway))
  await Promise.all([node.restart(), receiver.start()])
  const awayMs = Date.now() - awayAt

  // The next try may be minutes off by now; whoever drains does not wait for it.
  const drain = startAgent(['sinks', 'drain', '--data', dir, '--timeout', '3m'])
  t.after(() => drain[Symbol.asyncDispose]())
  assert.equal(await drain.ended, 0, drain.log)
  assert.equal(await agent.stop(), 0)

  await using view = await openJournalView(dir)
  const entries: Entry[] = []
  for await (const entry of view.entries({})) entries.push(entry)
  const records = entries.filter((entry) => entry.kind === 'record' && entry.origin === 'observed')
  const truth = observer.of(prefix)
  const journaled = new Set(records.map((record) => record.id))
  const engineId = records[0]!.engine!.id
  const missing = truth.filter((event) => !journaled.has(eventId(engineId, event)))
  t.diagnostic(
    `gaps: ${JSON.stringify(entries.filter(isGap).map((gap) => [gap.cause, gap.count]))}`,
  )
  assert.deepEqual(
    missing.slice(0, 3),
    [],
    `${missing.length} of ${truth.length} events are not journaled`,
  )
  assert.equal(journaled.size, records.length, 'each once')
  // Others may use this engine too, so its history may have rolled over: that is told, and no loss.
  assert.deepEqual(
    entries.filter(isGap).filter((gap) => gap.certainty === 'certain'),
    [],
  )

  const documents = await node.documents('logs-docker.audit-default')
  assert.deepEqual(
    documents.map((document) => document.id).toSorted(),
    entries.map((entry) => entry.id).toSorted(),
    'Elasticsearch has every entry once',
  )
  const lines = (await receiver.received()) as readonly Received[]
  const arrived = new Set(lines.map((line) => line.event.id))
  assert.deepEqual(
    entries.filter((entry) => !arrived.has(entry.id)).map((entry) => entry.id),
    [],
    'the TCP receiver has every entry at least once',
  )
  assert.equal(await receiver.rejected(), '')

  const share = enrichedShare(entries, prefix)
  t.diagnostic(
    `${CONTAINERS} lives in ${Math.round(awayMs / 1000)} s; ${truth.length} events observed, ${entries.length} entries; ` +
      `TCP lines ${lines.length}; lives with their facts: ${share.caught}/${share.lives}`,
  )
  assert.equal(share.lives, CONTAINERS)
})

const isGap = (entry: Entry): entry is Gap => entry.kind === 'gap'

/** Of how many containers the facts were caught, at whatever event. */
function enrichedShare(
  entries: readonly Entry[],
  prefix: string,
): { readonly lives: number; readonly caught: number } {
  const lives = new Set<string>()
  const caught = new Set<string>()
  for (const entry of entries) {
    if (entry.kind !== 'record' || entry.event.type !== 'container') continue
    if (entry.event.attributes['name']?.startsWith(prefix) !== true) continue
    lives.add(entry.event.actorId)
    if (entry.container?.envNames.includes('TOKEN') === true) caught.add(entry.event.actorId)
  }
  return { lives: lives.size, caught: caught.size }
}
