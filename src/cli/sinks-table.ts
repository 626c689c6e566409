import { formatDuration } from '../config/units.ts'
import type { Cursor, SinkTrouble } from '../journal/journal.ts'
import { formatNanos, nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import type { AgentSink } from './agent-sinks.ts'
import { localMoment } from './local-time.ts'
import type { Printable } from './output.ts'

/** One sink: what the journal knows of it, and its agent's word where one runs. */
export interface SinkRow extends Cursor {
  readonly agent?: AgentSink
  /** An agent runs, and serves other sinks only. */
  readonly unserved: boolean
}

/** How far each sink is, and how it fares. JSON holds more than the table has room for. */
export function sinksTable(now: Nanoseconds): Printable<SinkRow> {
  const behindMs = ({ oldestPending }: SinkRow): number | undefined =>
    oldestPending === undefined
      ? undefined
      : Math.max(0, Number((now - oldestPending) / 1_000_000n))

  function behind(row: SinkRow): string {
    const ms = behindMs(row)
    return ms === undefined ? '' : formatDuration(Math.round(ms / 1000) * 1000)
  }

  return {
    empty: 'no sink has used this journal yet',
    json: (row) => JSON.stringify(jsonOf(row, behindMs(row))),
    columns: [
      { heading: 'SINK', name: 'sink', value: (row) => row.sink },
      { heading: 'STATE', name: 'state', value: stateOf, cell: (row) => stateOf(row) ?? '-' },
      { heading: 'WAITING', name: 'pending', value: (row) => row.pending },
      { heading: 'BEHIND', name: 'behindMs', value: behindMs, cell: behind },
      { heading: 'CONFIRMED', name: 'confirmed', value: (row) => row.confirmed },
      { heading: 'DEAD LETTERS', name: 'deadLetters', value: (row) => row.deadLetters },
      { heading: 'DROPPED', name: 'dropped', value: (row) => row.dropped },
      momentColumn('FAILING SINCE', 'failingSince', (row) => troubleOf(row).failingSince),
      momentColumn('NEXT TRY', 'retryAt', ({ agent }) => agent?.retryAt),
      { heading: 'LAST ERROR', name: 'lastError', value: (row) => troubleOf(row).lastError },
    ],
  }
}

function jsonOf(row: SinkRow, behindMs: number | undefined): object {
  const { sink, confirmed, pending, oldestPending, delivered, deadLetters, dropped, agent } = row
  const { lastError, lastErrorAt, failingSince } = troubleOf(row)
  return {
    sink,
    state: stateOf(row) ?? null,
    confirmed,
    pending,
    oldestPending: oldestPending === undefined ? null : formatNanos(oldestPending),
    behindMs: behindMs ?? null,
    delivered,
    deadLetters,
    dropped,
    discarded: row.discarded,
    failingSince: written(failingSince),
    retryAt: written(agent?.retryAt),
    lastError: lastError ?? null,
    lastErrorAt: written(lastErrorAt),
    lastSuccessAt: written(agent?.lastSuccessAt),
  }
}

const stateOf = ({ agent, unserved }: SinkRow): string | undefined =>
  unserved ? 'not served' : agent?.state

/** What an agent says of its own time; where it has nothing to say, what an earlier one left behind. */
function troubleOf({ agent, ...cursor }: SinkRow): SinkTrouble {
  if (agent?.lastError !== undefined) return agent
  const { failingSince: _ended, ...earlier } = cursor
  return agent === undefined ? cursor : earlier
}

function momentColumn(
  heading: string,
  name: string,
  moment: (row: SinkRow) => unknown,
): Printable<SinkRow>['columns'][number] {
  return {
    heading,
    name,
    value: (row) => written(moment(row)),
    cell: (row) => {
      const time = nanosOf(moment(row))
      return time === undefined ? '' : localMoment(time)
    },
  }
}

function written(ms: unknown): string | null {
  const time = nanosOf(ms)
  return time === undefined ? null : formatNanos(time)
}

/** What an agent says is looked at: a number, or nothing. */
const nanosOf = (ms: unknown): Nanoseconds | undefined =>
  typeof ms === 'number' && Number.isFinite(ms) ? nanosFromMillis(ms) : undefined
