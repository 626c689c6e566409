import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineHealth, Health, SinkHealth } from '../../../src/agent/health.ts'
import { createMetrics } from '../../../src/agent/metrics.ts'
import { gapOf } from '../../../src/model/entry-factory.ts'
import { plainRecord, START_NANOS } from '../../support/entries.ts'

const engine: EngineHealth = {
  endpoint: 'unix:///a',
  state: 'connected',
  since: 0,
  reconnects: 2,
  events: 9,
  repeated: 3,
  undecodable: 1,
  gaps: 0,
  lastEventAt: 1500,
  enrich: { asked: 5, failed: 1, skipped: 0, cached: 0, missing: 0, shed: 0 },
  skipped: { filter: 4, 'health-check': 6 },
}

const sink: SinkHealth = {
  name: 'es',
  state: 'retrying',
  delivered: 7,
  refused: 2,
  skipped: 1,
  retries: 8,
  lastSuccessAt: 2500,
  confirmed: 10,
  cursor: {
    sink: 'es',
    since: 0,
    confirmed: 10,
    pending: 5,
    delivered: 7,
    oldestPending: 3_000_000_000n,
    deadLetters: 2,
    dropped: 11,
    discarded: 0,
    damaged: 0,
  },
}

const health: Health = {
  state: 'degraded',
  reasons: [],
  engines: [engine],
  writer: { appended: 9, repeated: 1, groups: 1 },
  journal: { entries: 9, firstSeq: 1, lastSeq: 9, bytes: 4096, damaged: 1 },
  sinks: [sink],
}

const has = (text: string, ...lines: readonly string[]): void => {
  for (const line of lines)
    assert.ok(text.split('\n').includes(`auditor_${line}`), `${line}\n${text}`)
}

test('what health knows is told as it is now, however often it is asked', async () => {
  const metrics = createMetrics('1.2.3', () => Promise.resolve(health))
  await metrics.text()
  has(
    await metrics.text(),
    'build_info{version="1.2.3"} 1',
    'docker_up{engine="unix:///a"} 1',
    'docker_reconnects_total{engine="unix:///a"} 2',
    'docker_last_event_timestamp_seconds{engine="unix:///a"} 1.5',
    'lines_undecodable_total{engine="unix:///a"} 1',
    'events_skipped_total{reason="filter"} 4',
    'events_skipped_total{reason="health-check"} 6',
    'events_repeated_total 4',
    'inspects_total{result="asked"} 5',
    'journal_entries 9',
    'journal_damaged_total 1',
    'journal_writable 1',
    'sink_entries_total{sink="es",result="delivered"} 7',
    'sink_entries_total{sink="es",result="refused"} 2',
    'sink_retries_total{sink="es"} 8',
    'sink_up{sink="es"} 0',
    'sink_last_success_timestamp_seconds{sink="es"} 2.5',
    'sink_dropped_total{sink="es"} 11',
    'buffer_entries{sink="es"} 5',
    'buffer_oldest_timestamp_seconds{sink="es"} 3',
    'dead_letters{sink="es"} 2',
  )
})

test('entries are counted by type and action, gaps by cause with what was lost', async () => {
  const metrics = createMetrics('1', () => Promise.resolve(health))
  metrics.recorded({ ...plainRecord(1, {}, 'exec_start: ls'), seq: 1 })
  metrics.recorded({ ...plainRecord(2, {}, 'exec_start: cat'), seq: 2 })
  metrics.recorded({ ...plainRecord(3), origin: 'snapshot', seq: 3 })
  metrics.recorded({ ...plainRecord(5), origin: 'inferred', seq: 5 })
  const gap = gapOf({
    from: START_NANOS,
    to: START_NANOS,
    cause: 'overflow',
    certainty: 'certain',
    count: 40,
  })
  metrics.recorded({ ...gap, seq: 4 })
  has(
    await metrics.text(),
    'events_total{type="container",action="exec_start"} 2',
    'events_inferred_total 1',
    'gaps_total{cause="overflow"} 1',
    'events_lost_total{cause="overflow"} 40',
  )
})

test('words from outside make no more than 200 series', async () => {
  const metrics = createMetrics('1', () => Promise.resolve(health))
  for (let n = 0; n < 1_000; n++)
    metrics.recorded({ ...plainRecord(n, {}, `action-${n}`), seq: n + 1 })
  const series = (await metrics.text()).match(/^auditor_events_total\{.*$/gm) ?? []
  assert.equal(series.length, 201)
  assert.ok(series.includes('auditor_events_total{type="other",action="other"} 800'))
})

test('what a journal does not say is told by no number', async () => {
  const { journal: _, ...rest } = health
  let current: Health = health
  const metrics = createMetrics('1.2.3', () => Promise.resolve(current))
  await metrics.text()
  current = rest
  const unknown = await metrics.text()
  for (const name of ['journal_entries', 'journal_bytes', 'journal_damaged_total']) {
    assert.doesNotMatch(unknown, new RegExp(`^auditor_${name} `, 'm'))
  }
  current = health
  has(await metrics.text(), 'journal_entries 9', 'journal_damaged_total 1')
})
