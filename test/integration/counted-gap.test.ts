import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readJournal } from '../support/account.ts'
import { startAgent } from '../support/agent-process.ts'
import { countedIn } from '../support/counted-in.ts'
import { ask } from '../support/engines/ask.ts'
import { eventually } from '../support/eventually.ts'
import { ownDockerd } from '../support/own-dockerd.ts'
import { requirePeer } from '../support/peers.ts'

const MISSED = 300
/** What Docker remembers. */
const REMEMBERED = 256

test('with an engine whose metrics are known, the gap after an absence is followed by the exact number', async (t) => {
  const peer = await requirePeer(t, ownDockerd)
  if (peer === undefined) return
  await using dockerd = await peer.start()
  const dir = await mkdtemp(join(tmpdir(), 'auditor-counted-'))
  t.after(() => rm(dir, { recursive: true }))
  const begin = () =>
    startAgent(
      ['run', '--data', dir, '--docker', `unix://${dockerd.socketPath}`, '--listen', 'off'],
      { AUDITOR_DOCKER__METRICS: dockerd.metricsUrl },
    )
  const makeVolumes = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      await ask(dockerd.socketPath, 'POST', '/volumes/create', { Name: `v${n}` })
    }
  }

  await makeVolumes(0, 2)
  await using first = begin()
  await first.says(/connected to Docker/)
  await makeVolumes(2, 3)
  await eventually('the count is kept', () => Promise.resolve(countedIn(dir) === 3 || undefined))
  await first.kill()

  await makeVolumes(3, 3 + MISSED)
  await using second = begin()
  const counted = await eventually('the gap is counted', async () => {
    const { entries } = await readJournal(dir)
    return entries.find((entry) => entry.kind === 'marker' && entry.marker === 'gap-counted')
  })
  assert.equal(await second.stop(), 0)

  const { entries } = await readJournal(dir)
  const [gap, ...others] = entries.filter((entry) => entry.kind === 'gap')
  assert.ok(gap !== undefined && others.length === 0)
  const volumes = entries.flatMap((entry) => (entry.kind === 'record' ? [entry.event.actorId] : []))
  const wanted = Array.from({ length: 3 + MISSED }, (_, n) => `v${n}`)
  assert.deepEqual(volumes, [...wanted.slice(0, 3), ...wanted.slice(-REMEMBERED)])
  assert.ok(counted.kind === 'marker')
  const bounds = { from: String(gap.from), to: String(gap.to) }
  assert.deepEqual(counted.data, { ...bounds, count: MISSED - REMEMBERED, cause: 'agent-down' })
})
