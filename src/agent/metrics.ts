import { Counter, Gauge, Registry } from 'prom-client'
import { countedGapOf } from '../model/counted-gap.ts'
import { actionName } from '../model/docker-event.ts'
import type { Sequenced } from '../model/entry.ts'
import type { Health } from './health.ts'
import { createLifeMetrics } from './life-metrics.ts'

/** Prometheus metrics of one auditor; names and units are listed in docs/operations.md. */
export interface Metrics {
  /** Counts an entry that is in the journal. */
  recorded(entry: Sequenced): void
  text(): Promise<string>
  readonly contentType: string
}

/** Types and actions come from outside: beyond so many pairs they count as `other`. */
const MAX_SERIES = 200

export function createMetrics(version: string, health: () => Promise<Health>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `auditor_${name}`, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `auditor_${name}`, help, labelNames, registers })

  gauge('build_info', 'Version of this auditor.', ['version']).set({ version }, 1)
  const up = gauge('docker_up', '1 while the event stream of this engine is open.', ['engine'])
  const reconnects = counter(
    'docker_reconnects_total',
    'How often the event stream was opened again.',
    ['engine'],
  )
  const lastEvent = gauge('docker_last_event_timestamp_seconds', 'When the last event happened.', [
    'engine',
  ])
  const events = counter(
    'events_total',
    'Events recorded since the start, by type and action; beyond 200 pairs: other.',
    ['type', 'action'],
  )
  const inferred = counter(
    'events_inferred_total',
    'Events that were missed and must have happened, concluded after a gap.',
  )
  const gaps = counter(
    'gaps_total',
    'Gaps recorded, by cause: intervals in which events may have been lost.',
    ['cause'],
  )
  const lost = counter(
    'events_lost_total',
    'Events known to be lost, as gaps or later counts of them tell, by cause.',
    ['cause'],
  )
  const skipped = counter(
    'events_skipped_total',
    'Events not recorded on purpose, by reason: filter, label, health-check.',
    ['reason'],
  )
  const undecodable = counter(
    'lines_undecodable_total',
    'Lines of the event stream that are no event; kept as markers.',
    ['engine'],
  )
  const repeated = counter(
    'events_repeated_total',
    'Events that came again and were not kept twice.',
  )
  const inspects = counter(
    'inspects_total',
    'Inspect questions, by result: asked, failed, skipped while the engine did not answer or too much waited.',
    ['result'],
  )
  const entries = gauge('journal_entries', 'Entries in the journal.')
  const bytes = gauge('journal_bytes', 'Used pages of the journal: what retention.size limits.')
  const damaged = counter(
    'journal_damaged_total',
    'Entries found changed on disk; a gap was given out instead.',
  )
  const writable = gauge('journal_writable', '0 while the journal cannot be written.')
  const sinkEvents = counter(
    'sink_entries_total',
    'Entries settled since the start, by result: delivered, refused, filtered.',
    ['sink', 'result'],
  )
  const sinkRetries = counter(
    'sink_retries_total',
    'Deliveries that failed and were tried again.',
    ['sink'],
  )
  const sinkUp = gauge('sink_up', '0 while deliveries fail.', ['sink'])
  const lastSuccess = gauge(
    'sink_last_success_timestamp_seconds',
    'When this sink last confirmed a delivery.',
    ['sink'],
  )
  const waiting = gauge('buffer_entries', 'Entries waiting for this sink.', ['sink'])
  const oldest = gauge(
    'buffer_oldest_timestamp_seconds',
    'When the oldest entry waiting for this sink happened; 0 where none waits.',
    ['sink'],
  )
  const dropped = counter(
    'sink_dropped_total',
    'Entries pruned before this sink had them, as told to it in gaps; kept over restarts.',
    ['sink'],
  )
  const deadLetters = gauge(
    'dead_letters',
    'Entries this sink refused and nobody has retried or dropped yet.',
    ['sink'],
  )

  const alerts = counter(
    'alerts_total',
    'Alerts told, by rule and state: firing or resolved (docs/alerts.md).',
    ['rule', 'state'],
  )
  const lives = createLifeMetrics(registry)
  const series = new Set<string>()
  const totals = [
    reconnects,
    skipped,
    undecodable,
    repeated,
    inspects,
    damaged,
    sinkEvents,
    sinkRetries,
    dropped,
  ]

  function setJournal(stats: Health['journal']): void {
    if (stats === undefined) {
      for (const unknown of [entries, bytes, damaged]) unknown.remove()
      return
    }
    entries.set(stats.entries)
    bytes.set(stats.bytes)
    damaged.inc(stats.damaged)
  }

  function set(current: Health): void {
    for (const total of totals) total.reset()
    for (const engine of current.engines) {
      const label = { engine: engine.endpoint }
      up.set(label, engine.state === 'connected' ? 1 : 0)
      reconnects.inc(label, engine.reconnects)
      undecodable.inc(label, engine.undecodable)
      if (engine.lastEventAt !== undefined) lastEvent.set(label, engine.lastEventAt / 1000)
      for (const [reason, count] of Object.entries(engine.skipped)) skipped.inc({ reason }, count)
      inspects.inc({ result: 'asked' }, engine.enrich.asked)
      inspects.inc({ result: 'failed' }, engine.enrich.failed)
      inspects.inc({ result: 'skipped' }, engine.enrich.skipped)
      repeated.inc(engine.repeated)
    }
    repeated.inc(current.writer.repeated)
    if (current.lives !== undefined) lives.set(current.lives)
    writable.set(current.writer.failing === undefined ? 1 : 0)
    setJournal(current.journal)
    for (const sink of current.sinks) {
      const label = { sink: sink.name }
      sinkEvents.inc({ ...label, result: 'delivered' }, sink.delivered)
      sinkEvents.inc({ ...label, result: 'refused' }, sink.refused)
      sinkEvents.inc({ ...label, result: 'filtered' }, sink.skipped)
      sinkRetries.inc(label, sink.retries)
      sinkUp.set(label, sink.state === 'retrying' ? 0 : 1)
      if (sink.lastSuccessAt !== undefined) lastSuccess.set(label, sink.lastSuccessAt / 1000)
      if (sink.cursor === undefined) continue
      waiting.set(label, sink.cursor.pending)
      deadLetters.set(label, sink.cursor.deadLetters)
      dropped.inc(label, sink.cursor.dropped)
      const { oldestPending } = sink.cursor
      oldest.set(label, oldestPending === undefined ? 0 : Number(oldestPending / 1_000_000n) / 1000)
    }
  }

  return {
    contentType: registry.contentType,
    recorded(entry) {
      lives.recorded(entry)
      // As many rules as the configuration has.
      if (entry.kind === 'alert') alerts.inc({ rule: entry.rule, state: entry.state })
      if (entry.kind === 'gap') {
        gaps.inc({ cause: entry.cause })
        lost.inc({ cause: entry.cause }, entry.count ?? 0)
      }
      const counted = countedGapOf(entry)
      if (counted !== undefined) lost.inc({ cause: counted.cause }, counted.count)
      if (entry.kind !== 'record') return
      if (entry.origin === 'inferred') inferred.inc()
      if (entry.origin !== 'observed') return
      const pair = { type: entry.event.type, action: actionName(entry.event.action) }
      const key = `${pair.type} ${pair.action}`
      if (!series.has(key) && series.size >= MAX_SERIES) {
        events.inc({ type: 'other', action: 'other' })
        return
      }
      series.add(key)
      events.inc(pair)
    },
    async text() {
      set(await health())
      return registry.metrics()
    },
  }
}
