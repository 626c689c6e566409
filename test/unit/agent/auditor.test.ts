import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { map } from 'rxjs'
import { createAuditor } from '../../../src/agent/auditor.ts'
import type { AuditorParts } from '../../../src/agent/parts.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import { openJournal, openJournalView } from '../../../src/journal/open.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Entry, Sequenced } from '../../../src/model/entry.ts'
import { createMemorySink } from '../../../src/sinks/memory.ts'
import { eventually } from '../../support/eventually.ts'
import { unsealed } from '../../support/journal/unsealed.ts'
import { fakeDocker, publishLife } from '../../support/fake-docker.ts'

const actionsOf = (entries: readonly Entry[], id?: string): string[] =>
  entries.flatMap((entry) =>
    entry.kind === 'record' &&
    entry.origin === 'observed' &&
    (id ?? entry.event.actorId) === entry.event.actorId
      ? [entry.event.action]
      : [],
  )

/** An auditor over the fake engine with everything it keeps in sight. */
async function recording(t: TestContext, parts: Partial<AuditorParts> = {}) {
  const { fake, engine } = await fakeDocker(t)
  const sink = createMemorySink()
  const auditor = createAuditor({ engines: [engine], sinks: [{ sink }], ...parts })
  t.after(() => auditor[Symbol.asyncDispose]())
  const kept: Sequenced[] = []
  auditor.entries$.subscribe((entry) => kept.push(entry))
  await auditor.start()
  const has = (count: number, what: (entry: Sequenced) => boolean) =>
    eventually(`${count} such entries`, () =>
      Promise.resolve(kept.filter(what).length >= count ? true : undefined),
    )
  await has(1, (entry) => entry.kind === 'marker' && entry.marker === 'engine-connected')
  return { fake, auditor, sink, kept, has }
}

const isAction =
  (action: string) =>
  (entry: Entry): boolean =>
    entry.kind === 'record' && entry.event.action === action

test('a life is recorded in order with its facts, and delivered', async (t) => {
  const { fake, auditor, sink, kept, has } = await recording(t)
  publishLife(fake, 'c1')
  await has(1, isAction('destroy'))
  assert.deepEqual(actionsOf(kept, 'c1'), ['create', 'start', 'die', 'destroy'])
  for (const entry of kept) {
    if (entry.kind !== 'record') continue
    assert.notEqual(entry.enrichment, 'missing')
    assert.deepEqual(entry.container?.envNames, ['PASSWORD'])
    assert.ok(!encodeEntry(entry).includes('swordfish'), 'no value of an environment variable')
  }
  assert.deepEqual(
    kept.map((entry) => entry.seq),
    kept.map((_, at) => at + 2),
  )
  await auditor.drain()
  const [beginning, ...delivered] = unsealed(sink.entries)
  assert.ok(beginning?.kind === 'marker' && beginning.marker === 'journal-begun')
  assert.deepEqual(delivered, kept)
  assert.equal((await auditor.health()).state, 'ok')
})

test('what is stopped and begun again goes on where it was: nothing twice, nothing lost', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-'))
  t.after(() => rm(dir, { recursive: true }))
  const { fake, engine } = await fakeDocker(t)
  for (const round of [1, 2, 3]) {
    publishLife(fake, `away-${round}`)
    const journal = await openJournal({ dir, onFatal: (error) => assert.fail(error) })
    const auditor = createAuditor({ engines: [engine], journal })
    const done = eventually(`round ${round} recorded`, async () => {
      const seen: string[] = []
      for await (const entry of journal.entries({})) {
        if (entry.kind === 'record') seen.push(`${entry.event.action} ${entry.event.actorId}`)
      }
      return seen.includes(`destroy there-${round}`) ? true : undefined
    })
    await auditor.start()
    await eventually('a stream', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    publishLife(fake, `there-${round}`)
    await done
    await auditor.stop()
  }
  await using view = await openJournalView(dir)
  const all: Entry[] = []
  for await (const entry of view.entries({})) all.push(entry)
  for (const id of [1, 2, 3].flatMap((round) => [`away-${round}`, `there-${round}`])) {
    assert.deepEqual(actionsOf(all, id), ['create', 'start', 'die', 'destroy'], id)
  }
  assert.deepEqual(
    all.filter((entry) => entry.kind === 'gap'),
    [],
  )
  const markers = all.flatMap((entry) => (entry.kind === 'marker' ? [entry.marker] : []))
  assert.equal(markers.filter((marker) => marker === 'agent-started').length, 3)
  assert.equal(markers.filter((marker) => marker === 'agent-stopped').length, 3)
})

test('a filter and labels keep events out and count them', async (t) => {
  const { fake, auditor, kept, has } = await recording(t, { filter: 'NOT name:"test-*"' })
  publishLife(fake, 'c1', 'test-1')
  fake.core.publish({
    action: 'start',
    id: 'c2',
    attributes: { name: 'x', 'auditor.ignore': 'true' },
  })
  publishLife(fake, 'c3', 'web')
  await has(1, isAction('destroy'))
  assert.deepEqual(actionsOf(kept, 'c1'), [])
  assert.deepEqual(actionsOf(kept, 'c2'), [])
  const [engine] = (await auditor.health()).engines
  assert.deepEqual(engine?.skipped, { filter: 4, label: 1, 'health-check': 0 })
})

test('a bug in a stage restarts the recorder, which loses nothing the engine remembers', async (t) => {
  let bugs = 2
  const { fake, kept, has } = await recording(t, {
    stages: [
      map((value) => {
        if (value.kind === 'record' && value.event.action === 'die' && bugs-- > 0)
          throw new Error('a bug')
        return value
      }),
    ],
  })
  publishLife(fake, 'c1')
  await has(1, isAction('destroy'))
  assert.deepEqual(actionsOf(kept, 'c1'), ['create', 'start', 'die', 'destroy'])
})

test('a part that fails again and again ends the auditor with its error', async (t) => {
  const { engine, fake } = await fakeDocker(t)
  publishLife(fake, 'c1')
  const auditor = createAuditor({
    engines: [engine],
    restart: { minDelayMs: 1, maxDelayMs: 1, maxRestarts: 3 },
    stages: [
      map((value) => {
        if (value.kind === 'record') throw new Error('a lasting bug')
        return value
      }),
    ],
  })
  t.after(() => auditor[Symbol.asyncDispose]())
  await auditor.start()
  await assert.rejects(auditor.ended, /a lasting bug/)
})

test('an engine that is away is failing health, a sink that is away only degrades', async (t) => {
  const { fake, engine } = await fakeDocker(t)
  await fake.stop()
  const away = {
    name: 'away',
    deliver: () => Promise.resolve({ status: 'retry' as const, cause: new Error('nobody home') }),
  }
  const auditor = createAuditor({
    engines: [engine],
    journal: createMemoryJournal(),
    sinks: [{ sink: away }],
  })
  t.after(() => auditor[Symbol.asyncDispose]())
  await auditor.start()
  const stateIs = (state: string) =>
    eventually(state, async () => {
      const health = await auditor.health()
      return health.state === state && health.sinks[0]?.state === 'retrying' ? health : undefined
    })
  const failing = await stateIs('failing')
  assert.match(failing.reasons.join('\n'), /not connected to Docker at unix:.*\n.*nobody home/)
  await fake.start()
  assert.match((await stateIs('degraded')).reasons.join('\n'), /^sink away is away: nobody home/)
  await auditor.stop(100)
})
