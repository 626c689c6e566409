import { Counter, Gauge, Registry } from 'prom-client'
import { actionName } from '../model/docker-event.ts'
import type { Sequenced } from '../model/entry.ts'
import type { Health } from './health.ts'

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
  const up = gauge('docker_up', '1 while the event stream is open.', ['engine'])
  const reconnects = counter('docker_reconnects_total', 'Streams opened again.', ['engine'])
  const lastEvent = gauge('docker_last_event_timestamp_seconds', 'Time of the last event.', [
    'engine',
  ])
  const events = counter('events_total', 'Events recorded.', ['type', 'action'])
  const gaps = counter('gaps_total', 'Gaps recorded: intervals in which events may be lost.', [
    'cause',
  ])
  const lost = counter('events_lost_total', 'Events known to be lost, as told in gaps.', ['cause'])
  const skipped = counter('events_skipped_total', 'Events not recorded on purpose.', ['reason'])
  const undecodable = counter('lines_undecodable_total', 'Lines that are no event.', ['engine'])
  const repeated = counter(
    'events_repeated_total',
    'Events that came again and were not kept twice.',
  )
  const inspects = counter('inspects_total', 'Inspect questions, by how they went.', ['result'])
  const entries = gauge('journal_entries', 'Entries in the journal.')
  const bytes = gauge('journal_bytes', 'Size of the journal on disk.')
  const writable = gauge('journal_writable', '0 while the journal cannot be written.')
  const sinkEvents = counter('sink_entries_total', 'Entries by outcome.', ['sink', 'result'])
  const sinkRetries = counter('sink_retries_total', 'Deliveries tried again.', ['sink'])
  const sinkUp = gauge('sink_up', '0 while deliveries fail.', ['sink'])
  const lastSuccess = gauge('sink_last_success_timestamp_seconds', 'Last delivery.', ['sink'])
  const waiting = gauge('buffer_entries', 'Entries waiting for a sink.', ['sink'])
  const oldest = gauge('buffer_oldest_timestamp_seconds', 'Time of the oldest one waiting.', [
    'sink',
  ])
  const deadLetters = gauge('dead_letters', 'Entries a sink refused.', ['sink'])

  const series = new Set<string>()
  const totals = [reconnects, skipped, undecodable, repeated, inspects, sinkEvents, sinkRetries]

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
    writable.set(current.writer.failing === undefined ? 1 : 0)
    entries.set(current.journal.entries)
    bytes.set(current.journal.bytes)
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
      const { oldestPending } = sink.cursor
      oldest.set(label, oldestPending === undefined ? 0 : Number(oldestPending / 1_000_000n) / 1000)
    }
  }

  return {
    contentType: registry.contentType,
    recorded(entry) {
      if (entry.kind === 'gap') {
        gaps.inc({ cause: entry.cause })
        lost.inc({ cause: entry.cause }, entry.count ?? 0)
      }
      if (entry.kind !== 'record' || entry.origin !== 'observed') return
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
