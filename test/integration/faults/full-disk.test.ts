import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openJournalView } from '../../../src/journal/open.ts'
import type { Gap } from '../../../src/model/entry.ts'
import { account, assertBalanced, readJournal } from '../../support/account.ts'
import { toldBy } from '../../support/account/told.ts'
import { startAgent } from '../../support/agent-process.ts'
import { eventually } from '../../support/eventually.ts'
import { fakeDocker } from '../../support/fake-docker.ts'
import { freePort } from '../../support/ports.ts'
import { reasonToSkip } from '../../support/peers.ts'
import { mountSmallDisk, smallDisk, type SmallDisk } from '../../support/small-disk.ts'

const skip = await reasonToSkip(smallDisk)
/** More than may wait in memory. */
const EVENTS_WHILE_FULL = 80_000

/** Processor seconds of a process so far. */
function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function peakMiB(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
  return Math.round(Number(kib) / 1024)
}

/** Of what the sink got. */
async function idsIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => (JSON.parse(line) as { event: { id: string } }).event.id)
}

/** Takes whatever is given up, until it is told to stop; then it has stopped. */
function keepFull(disk: SmallDisk): () => Promise<void> {
  const stopping = new AbortController()
  const taking = (async () => {
    while (!stopping.signal.aborted) {
      await disk.fill()
      await wait(500, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return () => {
    stopping.abort()
    return taking
  }
}

async function scratch(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-full-disk-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test(
  'a disk that fills up and is freed: nothing is lost untold, and nothing spins or ends',
  { skip },
  async (t) => {
    const disk = await mountSmallDisk(t, 48)
    const free = disk.freeBytes()
    const data = join(disk.path, 'data')
    const { fake, url } = await fakeDocker(t)
    const listen = `127.0.0.1:${await freePort()}`
    const out = join(await scratch(t), 'out.ndjson')
    await using agent = startAgent(
      ['run', `file:${out}?name=out`, '--docker', url, '--data', data, '--listen', listen],
      { NODE_COMPILE_CACHE: join(tmpdir(), 'auditor-compiled') },
    )
    await agent.says(/connected to Docker/)

    const told: string[] = []
    let number = 0
    /** So many events a second, for so long. */
    async function load(perSecond: number, events: number): Promise<void> {
      const tickMs = 20
      for (let left = events; left > 0; left -= (perSecond * tickMs) / 1000) {
        for (let n = 0; n < (perSecond * tickMs) / 1000; n++) {
          const id = (number += 1).toString(16).padStart(64, '0')
          const attributes = { name: `net-${number}`, type: 'bridge', text: 'x'.repeat(300) }
          told.push(fake.core.publish({ type: 'network', action: 'connect', id, attributes }).line)
        }
        await wait(tickMs)
      }
    }
    const readiness = async (): Promise<{
      readonly status: number
      readonly reasons: string[]
    }> => {
      const answer = await fetch(`http://${listen}/readyz`)
      return {
        status: answer.status,
        reasons: ((await answer.json()) as { reasons: string[] }).reasons,
      }
    }
    const isJournaled = async (line: string): Promise<true | undefined> => {
      await using view = await openJournalView(data)
      const { id, time } = toldBy(fake.core.id, line)
      const found = await Array.fromAsync(view.entries({ from: time, to: time }))
      return found.some((entry) => entry.id === id) ? true : undefined
    }

    await load(500, 1_000)
    await eventually('the reserve is there', async () =>
      disk.freeBytes() < free - 8e6 ? true : undefined,
    )
    await disk.fill()
    const stopTaking = keepFull(disk)
    t.after(stopTaking)
    const cpuBefore = cpuSeconds(agent.pid)
    const began = performance.now()
    await load(2_000, EVENTS_WHILE_FULL)
    const busy = ((cpuSeconds(agent.pid) - cpuBefore) * 1000) / (performance.now() - began)
    const { status, reasons } = await readiness()
    assert.equal(status, 503)
    assert.match(reasons.join('\n'), /the journal can't be written: .*the disk is full/)

    const cpuQuiet = cpuSeconds(agent.pid)
    await wait(5_000)
    const quiet = (cpuSeconds(agent.pid) - cpuQuiet) / 5
    t.diagnostic(
      `CPU while full: ${(busy * 100).toFixed(0)} % of a core with 2,000 events/s, ` +
        `${(quiet * 100).toFixed(1)} % with none; peak RSS ${peakMiB(agent.pid)} MiB`,
    )
    assert.ok(quiet < 0.2, 'it spins')

    await stopTaking()
    disk.free()
    await agent.says(/the journal can be written again/)
    // What waits in memory fills the disk once more; until the sink has made place, more may be shed.
    await eventually(
      'what comes is journaled again',
      async () => {
        await load(50, 1)
        await wait(1_000)
        return isJournaled(told.at(-1)!)
      },
      120_000,
    )
    await load(200, 400)
    await eventually('the last event is journaled', () => isJournaled(told.at(-1)!), 60_000)
    assert.equal((await readiness()).status, 200)
    assert.equal(await agent.stop(), 0)
    // What the sink did not get in the time to stop it gets later.
    const drain = ['sinks', 'drain', `file:${out}?name=out`, '--data', data, '--timeout', '2m']
    await using draining = startAgent(drain)
    assert.equal(await draining.ended, 0, draining.log.slice(-2000))

    const journal = await readJournal(data)
    const engine = { id: fake.core.id, heard: told, remembers: 256 }
    const got = await idsIn(out)
    const made = account({ engines: [engine], journal, sinks: { out: { got } } })
    assertBalanced(t, made)
    const gaps = journal.entries.filter(
      (entry): entry is Gap & { seq: number } => entry.kind === 'gap',
    )
    const full = gaps.filter(({ cause }) => cause === 'journal-full')
    assert.ok(full.length > 0, 'more came than may wait')
    assert.ok(full.every(({ certainty }) => certainty === 'certain'))
    const counted = gaps.reduce((sum, { count }) => sum + (count ?? 0), 0)
    // What every sink has makes place on a full disk.
    const journaled = new Set([...journal.entries.map(({ id }) => id), ...got])
    const recorded = told.filter((line) => journaled.has(toldBy(fake.core.id, line).id)).length
    t.diagnostic(`${told.length} published = ${recorded} journaled + ${counted} counted in gaps`)
    assert.equal(recorded + counted, told.length)
  },
)

test(
  'an agent that starts on a full disk waits, says so, and begins when there is room',
  { skip },
  async (t) => {
    const disk = await mountSmallDisk(t, 8)
    const data = join(disk.path, 'data')
    const { url } = await fakeDocker(t)
    const listen = `127.0.0.1:${await freePort()}`
    await disk.fill()
    await using agent = startAgent(['run', '--docker', url, '--data', data, '--listen', listen], {
      NODE_COMPILE_CACHE: join(tmpdir(), 'auditor-compiled'),
    })
    await agent.says(/waiting: cannot write to .*: the disk is full; free space there, or choose/)
    const answer = await eventually('it answers', () =>
      fetch(`http://${listen}/readyz`).catch(() => undefined),
    )
    assert.equal(answer.status, 503)
    const { reasons } = (await answer.json()) as { reasons: string[] }
    assert.match(
      reasons.join('\n'),
      /the journal can't be written: cannot write to .*the disk is full/,
    )
    disk.free()
    await agent.says(/connected to Docker/)
    assert.equal((await fetch(`http://${listen}/readyz`)).status, 200)
    assert.equal(await agent.stop(), 0)
  },
)

test('an agent that waits for room ends at once when it is asked to', { skip }, async (t) => {
  const disk = await mountSmallDisk(t, 8)
  const { url } = await fakeDocker(t)
  await disk.fill()
  await using agent = startAgent(
    ['run', '--docker', url, '--data', join(disk.path, 'data'), '--listen', 'off'],
    { NODE_COMPILE_CACHE: join(tmpdir(), 'auditor-compiled') },
  )
  await agent.says(/waiting: /)
  assert.equal(await agent.stop(), 0)
})
