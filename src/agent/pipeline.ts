import {
  identity,
  Observable,
  tap,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import type { Inspector } from '../docker/port.ts'
import { compileRecordFilter, requireFilter } from '../filter/compile.ts'
import { dependsOnEvent } from '../filter/depends.ts'
import { hidingEnds } from '../filter/hiding-ends.ts'
import type { Entry } from '../model/entry.ts'
import { createRedactor } from '../model/redaction.ts'
import { annotate } from '../streams/annotate.ts'
import { bounded } from '../streams/bounded.ts'
import { createSkipCounter } from '../streams/count-skipped.ts'
import { createEnricher, type EnrichStatus } from '../streams/enrich.ts'
import { filterEntries } from '../streams/filter.ts'
import type { Flowing, Group, SkipReason } from '../streams/flow.ts'
import { groupEntries } from '../streams/group.ts'
import { skipHealthChecks } from '../streams/health-checks.ts'
import { redact } from '../streams/redact.ts'
import { coalesceGroups } from '../streams/shed-groups.ts'
import type { Taps, TapStage } from '../streams/tap.ts'
import type { AuditorParts, Stage } from './parts.ts'
import { WRITE_WINDOW } from './writer.ts'

export interface PipelineParts extends Pick<
  AuditorParts,
  'filter' | 'explicit' | 'healthChecks' | 'redact' | 'stages' | 'enrich'
> {
  readonly inspector: Inspector
  /** Adds a profile's markers behind records. Default: there is no profile. */
  readonly services?: Stage
  /** Makes a group durable; called in their order, also before the last one is durable. */
  readonly write: (group: Group, signal: AbortSignal) => Promise<void>
  /** Whether the journal can't be written at present. Default: it always can. */
  readonly isJournalStuck?: () => boolean
  readonly clock: Clock
  /** Where others may look on. Default: nowhere. */
  readonly taps?: Taps
  /** Events are old and their answers are not: a trace. Default false. */
  readonly replayed?: boolean
}

export interface Pipeline {
  /** From what the watcher gives to what is durable; completes when everything is. */
  readonly run: OperatorFunction<Entry, void>
  status(): { readonly enrich: EnrichStatus; readonly skipped: SkipCounts }
  /** What was given and is not durable yet, for whoever can wait before giving more. */
  readonly backlog: () => Backlog
}

export interface Backlog {
  /** Entries that wait for their facts. */
  readonly enriching: number
  /** Entries that wait for others to be written with. */
  readonly grouping: number
  /** Groups that wait for the journal. */
  readonly groups: number
}

export type SkipCounts = Readonly<{ [R in SkipReason]: number }>

const GROUP = { maxEntries: 500, maxBytes: 1024 * 1024 }
const LINGER_MS = 5
/** While the journal can't be written, so that what waits for it are large groups. */
const LINGER_WHILE_STUCK_MS = 5_000
/** Groups that may wait for the journal before a run of them is shed as one gap. */
const MAX_WAITING_GROUPS = 100

/** One engine's way into the journal, put together in the order of `ARCHITECTURE.md`. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { clock, inspector, isJournalStuck = () => false } = parts
  const { timeoutMs, concurrency } = parts.enrich ?? {}
  const enricher = createEnricher({
    inspector,
    clock,
    ...(timeoutMs === undefined ? {} : { deadlineMs: timeoutMs }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(parts.replayed === true ? { historyAfterMs: Infinity, afterEndMs: Infinity } : {}),
  })
  const filter =
    parts.filter === undefined || parts.filter === '' ? undefined : requireFilter(parts.filter)
  const redactor = createRedactor({ patterns: parts.redact ?? [] })
  const skipped = createSkipCounter()
  let grouping = 0
  let groups = 0

  const behind = <T extends Flowing | Group>(stage: TapStage): MonoTypeOperatorFunction<T>[] =>
    parts.taps === undefined ? [] : [parts.taps.behind<T>(stage)]
  const coalesce = coalesceGroups(() => (isJournalStuck() ? 'journal-full' : 'overflow'))
  const stages: Stage[] = [
    ...behind<Flowing>('filter'),
    enricher.enrich,
    ...behind<Flowing>('enrich'),
    ...(parts.healthChecks === 'record' ? [] : [skipHealthChecks()]),
    skipped.count,
    ...behind<Flowing>('health-checks'),
    annotate(
      filter === undefined
        ? {}
        : { hidesEvidence: dependsOnEvent(filter), hidesEnd: hidingEnds(filter) },
    ),
    ...(parts.services === undefined ? [] : [parts.services]),
    ...behind<Flowing>('annotate'),
    redact(redactor),
    ...behind<Flowing>('redact'),
    ...(parts.stages ?? []),
  ]

  const run: OperatorFunction<Entry, void> = (source) =>
    stages
      .reduce<Observable<Flowing>>(
        (flow, stage) => flow.pipe(stage),
        behind<Entry>('source')
          .reduce((flow, stage) => flow.pipe(stage), source)
          .pipe(
            filterEntries({
              explicit: parts.explicit ?? false,
              ...(filter === undefined ? {} : { accepts: compileRecordFilter(filter) }),
            }),
          ),
      )
      .pipe(
        tap((value) => (grouping += value.kind === 'skipped' ? 0 : 1)),
        groupEntries({
          ...GROUP,
          lingerMs: () => (isJournalStuck() ? LINGER_WHILE_STUCK_MS : LINGER_MS),
          clock,
        }),
        parts.taps?.behind<Group>('group') ?? identity,
        tap((group) => {
          grouping -= group.entries.length
          groups += 1
        }),
        bounded<Group, void>({
          capacity: MAX_WAITING_GROUPS,
          concurrency: WRITE_WINDOW,
          project: parts.write,
          coalesce(shed, group) {
            if (shed !== undefined) groups -= 1
            return coalesce(shed, group)
          },
        }),
        tap(() => (groups -= 1)),
      )

  return {
    run,
    status: () => ({ enrich: enricher.status(), skipped: skipped.status() }),
    backlog: () => ({ enriching: enricher.held(), grouping, groups }),
  }
}
