import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSupervisor } from '../../../src/actors/supervisor.ts'
import { createWriter } from '../../../src/agent/writer.ts'
import type { Appended } from '../../../src/journal/journal.ts'
import { createRuns } from '../../../src/journal/runs.ts'
import { markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const never = new AbortController().signal
const marker = (n: number): Entry =>
  markerOf({ time: BigInt(n), marker: 'agent-started', data: { n } })

/** A journal's front that fails as often as it is told to. */
function createAppender(failures: number) {
  const appended: Entry[] = []
  const runs = createRuns()
  let calls = 0
  return {
    appended,
    async append(group: readonly Entry[], _resume: unknown, run?: number): Promise<Appended> {
      runs.check(run)
      calls += 1
      if (calls <= failures) {
        runs.broken(run)
        throw new Error('database or disk is full')
      }
      appended.push(...group)
      return { entries: group.map((entry, i) => ({ ...entry, seq: i + 1 })), repeated: 0 }
    },
  }
}

test('groups are appended in order, and a full disk delays them without losing or exiting', async () => {
  const clock = createManualClock()
  const journal = createAppender(20)
  const writer = createWriter({ journal, log: silentLog, minDelayMs: 100, maxDelayMs: 5_000 })
  const supervisor = createSupervisor({
    clock,
    onEscalation: (_actor, error) => assert.fail(error),
  })
  supervisor.start(writer)

  const writes = Array.from({ length: 10 }, (_, n) => writer.write({ entries: [marker(n)] }, never))
  await clock.advance(1_000)
  assert.equal(writer.status().failing?.error.message, 'database or disk is full')
  assert.deepEqual(journal.appended, [])

  await clock.advance(120_000)
  await Promise.all(writes)
  assert.equal(writer.status().failing, undefined)
  assert.deepEqual(
    journal.appended,
    Array.from({ length: 10 }, (_, n) => marker(n)),
  )
  assert.equal(writer.status().appended, 10)
  await supervisor.stop()
})

test('whoever writes can give up waiting', async () => {
  const writer = createWriter({ journal: createAppender(0), log: silentLog })
  const controller = new AbortController()
  // Nobody runs the writer: its mailbox fills up.
  const writes = Array.from({ length: 6 }, (_, n) =>
    writer.write({ entries: [marker(n)] }, controller.signal),
  )
  controller.abort(new Error('enough'))
  const given = await Promise.allSettled(writes.slice(4))
  assert.deepEqual(
    given.map((write) => write.status),
    ['rejected', 'rejected'],
  )
})
