import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuditor } from '../../../src/agent/auditor.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { eventually } from '../../support/eventually.ts'
import { fakeDocker, publishLife } from '../../support/fake-docker.ts'

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
