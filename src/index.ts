// The embeddable surface: an export list, nothing else.
export { createAuditor, type Auditor } from './agent/auditor.ts'
export type { EngineHealth, Health, HealthState, SinkHealth } from './agent/health.ts'
export { openEngine } from './agent/local-engine.ts'
export { createMetrics, type Metrics } from './agent/metrics.ts'
export type { AuditorParts, SinkPart, Stage } from './agent/parts.ts'
export type { LifeEvent } from './actors/actor.ts'
export { systemClock, type Clock } from './actors/clock.ts'
export type { Engine, EngineInfo, EventSource, Inspector } from './docker/port.ts'
export { compileFilter, requireFilter as parseFilter } from './filter/compile.ts'
export type {
  Appended,
  Cursor,
  EntryRange,
  Journal,
  JournalAdmin,
  JournalReader,
  JournalStats,
  JournalView,
  OnLooked,
} from './journal/journal.ts'
export { createMemoryJournal } from './journal/memory.ts'
export { openJournal, openJournalAdmin, openJournalView } from './journal/open.ts'
export type { LineageRow, RunRow } from './lives/run-row.ts'
export type { StatsKey, StatsRow } from './lives/stats.ts'
export { openLivesView, type LivesView } from './lives/view.ts'
export type * from './model/container-facts.ts'
export type { Batch, DeadLetter, Delivery, Refusal } from './model/delivery.ts'
export { actionDetail, actionName, type DockerEvent } from './model/docker-event.ts'
export { decodeEntry, encodeEntry } from './model/entry-codec.ts'
export type * from './model/entry.ts'
export type { Cause, Evidence, Note } from './model/life/life.ts'
export { AuditorError, type ErrorCode } from './model/errors.ts'
export type { FindingEntry } from './model/finding.ts'
export type { Log } from './model/log.ts'
export { formatNanos, parseNanos, type Nanoseconds } from './model/time.ts'
export { explain } from './query/why.ts'
export { findEvents, type EventQuery } from './query/events.ts'
export { sinkKinds } from './sinks/kinds.ts'
export type { Sink, SinkKind, SinkSettings } from './sinks/sink.ts'
export type { Flowing, Skipped } from './streams/flow.ts'
