import type { AlertsStatus } from '../alerts/alerter.ts'
import type { WatcherStatus } from '../docker/watcher.ts'
import type { LivesStatus } from '../lives/keeper.ts'
import type { Cursor, JournalStats } from '../journal/journal.ts'
import type { EnrichStatus } from '../streams/enrich.ts'
import type { SinkStatus } from '../sinks/shipper.ts'
import type { WriterStatus } from './writer.ts'

export interface EngineHealth extends WatcherStatus {
  readonly endpoint: string
  readonly enrich: EnrichStatus
  /** Events not recorded, by reason. */
  readonly skipped: Readonly<{ [reason: string]: number }>
}

export interface SinkHealth extends SinkStatus {
  readonly cursor?: Cursor
}

/**
 * `ok`; `degraded`: recording goes on, but a sink is away, lives can't be kept, or the journal can't say how
 * it fares; `failing`: events are not being recorded, since the engine is away or the journal can't be
 * written.
 */
export type HealthState = 'ok' | 'degraded' | 'failing'

/** How an auditor fares; the body of `/readyz`. */
export interface Health {
  readonly state: HealthState
  /** One sentence for each thing that is not as it should be. */
  readonly reasons: readonly string[]
  readonly engines: readonly EngineHealth[]
  readonly writer: WriterStatus
  /** Absent where the journal can't say, or is not open yet. */
  readonly journal?: JournalStats
  readonly sinks: readonly SinkHealth[]
  /** Absent where no lives are kept. */
  readonly lives?: LivesStatus
  /** Absent where there are no rules. */
  readonly alerts?: AlertsStatus
}

/** Of an auditor that has not begun, since its journal can't be opened yet. */
export function healthOfWaiting(since: number, error: Error): Health {
  return judge({
    engines: [],
    writer: { appended: 0, repeated: 0, groups: 0, failing: { since, error } },
    sinks: [],
  })
}

/** `unanswered`: why the journal can't say all of how it fares. */
export function judge({
  unanswered,
  ...parts
}: Omit<Health, 'state' | 'reasons'> & { readonly unanswered?: Error }): Health {
  const failing: string[] = []
  const degraded: string[] = []
  for (const engine of parts.engines) {
    if (engine.state === 'connected') continue
    const why = engine.lastError === undefined ? '' : `: ${engine.lastError}`
    failing.push(`not connected to Docker at ${engine.endpoint}${why}`)
  }
  const { failing: writing } = parts.writer
  if (writing !== undefined) failing.push(`the journal can't be written: ${writing.error.message}`)
  for (const sink of parts.sinks) {
    if (sink.state !== 'retrying') continue
    degraded.push(`sink ${sink.name} is away: ${sink.lastError ?? 'no reason given'}`)
  }
  if (unanswered !== undefined) {
    degraded.push(`the journal can't say how it fares: ${unanswered.message}`)
  }
  const { lives, alerts } = parts
  if (alerts?.lastError !== undefined) {
    degraded.push(`the place of the alerts can't be kept: ${alerts.lastError}`)
  }
  if (lives?.lastError !== undefined) {
    degraded.push(`lives and causes can't be kept: ${lives.lastError}`)
  }
  const state = failing.length > 0 ? 'failing' : degraded.length > 0 ? 'degraded' : 'ok'
  return { state, reasons: [...failing, ...degraded], ...parts }
}
