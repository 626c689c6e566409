import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createEngineStateReader } from '../../../src/journal/engine-states.ts'
import type { Record } from '../../../src/model/entry.ts'
import { startAbsence } from '../../support/absence.ts'
import { account, assertBalanced, readJournal } from '../../support/account.ts'
import { toldBy, type Told } from '../../support/account/told.ts'
import { createChurn } from '../../support/churn.ts'
import { docker, dockerEngine } from '../../support/docker.ts'
import { chances, faultScale } from '../../support/faults/scale.ts'
import { unproven } from '../../support/holes/unproven.ts'
import { requirePeer } from '../../support/peers.ts'

const CONTAINERS = 40
/** Ten minutes with `FAULT_SCALE=10`. */
const AWAY_MS = 60_000 * faultScale
/** Events that Docker remembers. */
const REMEMBERS = 256

test('40 containers restart, stop, come and go while the agent is away: afterwards all is known, and what is concluded is true', async (t) => {
  if ((await requirePeer(t, dockerEngine)) === undefined) return
  const random = chances(t)
  const absence = await startAbsence(t)
  const { dir, prefix, observer } = absence
  const churn = createChurn(prefix, CONTAINERS, random)
  await churn.begin()
  await absence.kill()
  const heardBefore = observer.all().length
  await churn.go(AbortSignal.timeout(AWAY_MS))
  const meanwhile = observer.all().length - heardBefore
  assert.ok(meanwhile > REMEMBERS, `only ${meanwhile} events: nothing was forgotten`)
  await absence.comeBack()
  await absence.journals(
    'the marker engine-reconciled',
    (entry) => entry.kind === 'marker' && entry.marker === 'engine-reconciled',
  )

  const engineId = await docker('info', '--format', '{{.ID}}')
  const is = await listed(prefix)
  const known = knownOf(dir, engineId, prefix)
  assert.deepEqual(known, is, 'known, and listed by the engine')
  const heard = await absence.stop()

  const journal = await readJournal(dir)
  const lines = heard.map(({ line }) => line)
  const made = account({
    // The runs of health checks are not recorded.
    engines: [{ id: engineId, heard: lines, remembers: REMEMBERS, mine: isNoExec }],
    journal,
  })
  assertBalanced(t, made)
  const records = journal.entries.filter(
    (entry): entry is typeof entry & Record => entry.kind === 'record',
  )
  const journaled = new Set(records.map(({ id }) => id))
  const missed = heard
    .filter(({ line }) => !journaled.has(toldBy(engineId, line).id))
    .map(({ actorId: id, action, time, attributes: { exitCode } }) => ({
      id,
      action,
      time,
      ...(exitCode === undefined ? {} : { exitCode }),
    }))
  const inferred = records.filter(({ origin }) => origin === 'inferred')
  assert.equal(unproven(inferred, missed), undefined)
  assert.ok(inferred.length > 0)
  t.diagnostic(`done: ${counted([...churn.done])}`)
  t.diagnostic(`${meanwhile} events while away; missed: ${missed.length}; ${is.length} containers`)
  t.diagnostic(
    `concluded: ${counted([...Map.groupBy(inferred, ({ event }) => event.action)].map(([action, all]) => [action, all.length]))}`,
  )
})

const isNoExec = ({ action }: Told): boolean => !action.startsWith('exec_')

/** `docker ps --all`: name and state, and how it ended. */
async function listed(prefix: string): Promise<string[]> {
  const ids = await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `name=^/${prefix}`)
  const format = '{{.Id}} {{.Name}} {{.State.Status}} {{.State.ExitCode}}'
  const lines = (await docker('inspect', '--format', format, ...ids.split('\n'))).split('\n')
  return lines
    .map((line) => {
      const [id, name, status, code] = line.replace(' /', ' ').split(' ')
      return `${id} ${name} ${status}${status === 'exited' ? ` ${code}` : ''}`
    })
    .toSorted()
}

function knownOf(dir: string, engineId: string, prefix: string): string[] {
  const db = new DatabaseSync(join(dir, 'journal.db'), { readOnly: true, timeout: 10_000 })
  try {
    return createEngineStateReader(db)
      .containers(engineId)
      .filter(({ attributes }) => attributes['name']?.startsWith(prefix) === true)
      .map(
        ({ id, attributes, status, exitCode }) =>
          `${id} ${attributes['name']} ${status}${status === 'exited' ? ` ${exitCode}` : ''}`,
      )
      .toSorted()
  } finally {
    db.close()
  }
}

const counted = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([what, count]) => `${what} ${count}`).join(', ')
