import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Record, Sequenced } from '../../../src/model/entry.ts'
import { systemClock } from '../../../src/actors/clock.ts'
import { startAbsence } from '../../support/absence.ts'
import { account, assertBalanced, readJournal } from '../../support/account.ts'
import { toldBy, type Told } from '../../support/account/told.ts'
import { docker, dockerEngine, testImage } from '../../support/docker.ts'
import { engineHistory } from '../../support/engine-history.ts'
import { requirePeer } from '../../support/peers.ts'

const CONTAINERS = 300
const AT_ONCE = 3
const AWAY_AT_LEAST_MS = 20_000
/** Events that Docker remembers. */
const REMEMBERS = 256

async function runLives(prefix: string): Promise<void> {
  let next = 0
  async function worker(): Promise<void> {
    while (next < CONTAINERS) {
      await docker('run', '--rm', '--name', `${prefix}${next++}`, testImage, 'true')
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

test('300 containers come and go while the agent is away: what the engine remembers is recorded, the rest lies in an exact gap', async (t) => {
  if ((await requirePeer(t, dockerEngine)) === undefined) return
  const absence = await startAbsence(t)
  const { dir, prefix, observer } = absence
  await absence.kill()
  const killedAt = systemClock.nowNanos()
  const awayAt = performance.now()
  await runLives(prefix)
  const rest = AWAY_AT_LEAST_MS - (performance.now() - awayAt)
  if (rest > 0) await wait(rest)
  await absence.comeBack()
  const awayMs = performance.now() - awayAt
  // Connected: what is remembered still, was remembered then.
  const remembered = await engineHistory()
  await absence.journals(
    'the marker engine-reconciled',
    (entry) => entry.kind === 'marker' && entry.marker === 'engine-reconciled',
  )
  const heard = await absence.stop()

  const journal = await readJournal(dir)
  const observed = journal.entries.filter(isObserved)
  const { id } = observed[0]!.engine
  const lines = heard.map(({ line }) => line)
  // Others may use this engine too: the runs of their health checks are not recorded.
  const mine = ({ action }: Told): boolean => !action.startsWith('exec_')
  const made = account({ engines: [{ id, heard: lines, remembers: REMEMBERS, mine }], journal })
  assertBalanced(t, made)

  const journaled = new Set(observed.map((record) => record.id))
  const forgotten = remembered.filter((line) => !journaled.has(toldBy(id, line).id))
  assert.deepEqual(forgotten, [], 'the engine remembers it, and it is not recorded')
  const missed = observer.of(prefix).filter(({ line }) => !journaled.has(toldBy(id, line).id))
  assert.ok(missed.length > CONTAINERS * 4 - REMEMBERS, `only ${missed.length} were missed`)

  // A second one follows it where the history moves on between two questions. It may have moved on
  // when the agent began, too: others use this engine.
  const gaps = made.gaps.map(({ gap }) => gap).filter(({ to }) => to > killedAt)
  const [first, last] = [gaps[0]!, gaps.at(-1)!]
  assert.ok(gaps.length <= 2 && gaps.every(({ cause }) => cause === 'agent-down'))
  for (const { gap, lost } of made.gaps) assert.ok(gap.count === undefined || gap.count === lost)
  // It begins with the last event before, and ends with the first one that is remembered.
  const before = observed.findLast(({ seq }) => seq < first.seq)!
  const after = observed.find(({ seq }) => seq > last.seq)!
  assert.deepEqual([first.from, last.to], [before.time, after.time])
  const madeUp = journal.entries.filter(
    (entry) =>
      entry.kind === 'record' &&
      entry.origin === 'inferred' &&
      entry.event.attributes['name']?.startsWith(prefix) === true,
  )
  assert.deepEqual(madeUp, [], 'what left no trace is not concluded')
  t.diagnostic(
    `away for ${Math.round(awayMs / 1000)} s; ${heard.length} events heard, ${remembered.length} remembered, ${missed.length} own ones in the gap`,
  )
})

const isObserved = (entry: Sequenced): entry is Sequenced<Record> =>
  entry.kind === 'record' && entry.origin === 'observed'
