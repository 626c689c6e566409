import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { replay } from '../../../src/agent/replay.ts'
import { openTrace } from '../../../src/docker/trace.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { systemClock } from '../../../src/actors/clock.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const recorded = join(import.meta.dirname, '../../fixtures/traces/lifecycle')
const never = new AbortController().signal

async function entriesOf(path: string, slow = false): Promise<Entry[]> {
  const entries: Entry[] = []
  await replay(
    {
      trace: await openTrace(path),
      speed: Infinity,
      clock: systemClock,
      async write(group) {
        if (slow) await new Promise((resolve) => setImmediate(resolve))
        entries.push(...group.entries)
      },
    },
    never,
  )
  return entries
}

async function folder(t: TestContext, files: { readonly [name: string]: string }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'replay-'))
  t.after(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}

test('the same trace gives the same entries, byte for byte, however slow the journal is', async () => {
  const [first, second, slow] = [
    await entriesOf(recorded),
    await entriesOf(recorded),
    await entriesOf(recorded, true),
  ]
  const texts = first.map(encodeEntry)
  assert.deepEqual(second.map(encodeEntry), texts)
  assert.deepEqual(slow.map(encodeEntry), texts)
  assert.equal(texts.length, 155, 'of 221 events 66 are of a health check')
})

test('every container event of the trace has facts, fresh at create, start and die', async () => {
  const kinds = new Map<string, Set<string>>()
  for (const entry of await entriesOf(recorded)) {
    if (entry.kind !== 'record' || entry.event.type !== 'container') continue
    const { action } = entry.event
    const seen = kinds.get(action) ?? new Set()
    kinds.set(action, seen.add(entry.enrichment))
  }
  assert.deepEqual(kinds.get('create'), new Set(['fresh']))
  assert.ok([...(kinds.get('die') ?? [])].includes('fresh'))
  for (const [action, enrichments] of kinds) {
    if (action !== 'prune') assert.ok(!enrichments.has('none'), action)
  }
})

test('lines that are no event are told, in their place, and the rest goes on', async (t) => {
  const [one, two] = (await readFile(join(recorded, 'events.ndjson'), 'utf8')).split('\n')
  const text = `${one}\nnot json\n${two}\n\u0000\ufffd{"a":\n`
  const dir = await folder(t, { 'events.ndjson': text })
  const kinds = (await entriesOf(dir)).map((entry) =>
    entry.kind === 'marker' ? entry.marker : entry.kind,
  )
  assert.deepEqual(kinds, ['record', 'line-undecodable', 'record', 'line-undecodable'])
})

test('at a speed, each event comes at its own moment of the clock', async (t) => {
  const event = (seconds: number): string =>
    `{"Type":"volume","Action":"create","Actor":{"ID":"v${seconds}"},"time":${seconds},"timeNano":${seconds}000000000}`
  const dir = await folder(t, { 'events.ndjson': [100, 110, 130].map(event).join('\n') })
  const clock = createManualClock()
  const at: number[] = []
  const done = replay(
    {
      trace: await openTrace(dir),
      speed: 10,
      clock,
      write: ({ entries }) => {
        at.push(...entries.map(() => clock.monotonic()))
        return Promise.resolve()
      },
    },
    never,
  )
  let over = false
  void done.finally(() => (over = true))
  while (!over) {
    // The file is read for real; only when nothing else can happen does time move.
    for (let i = 0; i < 20; i++) await clock.settle()
    await clock.advanceToNext()
  }
  const linger = 5
  assert.deepEqual(at, [linger, 1_000 + linger, 3_000])
})
