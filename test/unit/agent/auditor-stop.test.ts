import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuditor } from '../../../src/agent/auditor.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import type { Sink } from '../../../src/sinks/sink.ts'
import { eventually } from '../../support/eventually.ts'
import { fakeDocker, publishLife } from '../../support/fake-docker.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const soon = { timeout: 20_000 }

test(
  'an auditor whose journal can not be written stops within its time all the same',
  soon,
  async (t) => {
    const { fake, engine } = await fakeDocker(t)
    const journal = createMemoryJournal()
    let isFull = false
    const filling: Journal = {
      ...journal,
      append: (group, resume, run) =>
        isFull
          ? Promise.reject(new Error('database or disk is full'))
          : journal.append(group, resume, run),
    }
    const lines: string[] = []
    const say = (_: object, line: string): void => void lines.push(line)
    const log = { debug: say, info: say, warn: say, error: say }
    const auditor = createAuditor({ engines: [engine], journal: filling, log })
    await auditor.start()
    await eventually('a stream', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    isFull = true
    publishLife(fake, 'c1')
    await eventually('the journal is full', async () =>
      (await auditor.health()).state === 'failing' ? true : undefined,
    )
    await auditor.stop(200)
    await auditor.ended
    assert.match(lines.join('\n'), /not yet in the journal.*read again/)
  },
)

test(
  'sinks that neither take nor close leave time for the journal to be closed within 8 s',
  soon,
  async (t) => {
    const { fake, engine } = await fakeDocker(t)
    const clock = createManualClock()
    const never = new Promise<never>(() => undefined)
    let asked = 0
    const sink = (name: string): Sink => ({
      name,
      deliver() {
        asked++
        return never
      },
      close: () => never,
    })
    let closedAt: number | undefined
    const journal = createMemoryJournal()
    const watched: Journal = {
      ...journal,
      [Symbol.asyncDispose]() {
        closedAt = clock.monotonic()
        return journal[Symbol.asyncDispose]()
      },
    }
    const auditor = createAuditor({
      engines: [engine],
      sinks: [{ sink: sink('one') }, { sink: sink('two') }],
      journal: watched,
      clock,
    })
    await auditor.start()
    await eventually('a stream', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    await eventually('both sinks are asked', () => Promise.resolve(asked > 1 ? true : undefined))
    const began = clock.monotonic()
    let isStopped = false
    const stopped = auditor.stop(8_000).then(() => (isStopped = true))
    while (!isStopped) await clock.advanceToNext()
    await stopped
    const afterMs = (closedAt ?? NaN) - began
    assert.ok(afterMs >= 7_000, `the sinks were given ${afterMs} ms`)
    assert.ok(afterMs <= 7_500, `${afterMs} ms were gone before the journal was closed`)
  },
)
