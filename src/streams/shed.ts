import { gapOf } from '../model/entry-factory.ts'
import type { EngineRef, Entry, Gap, GapCause } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Flowing } from './flow.ts'

/** A run of entries there was no room for, to be told by one gap. */
export interface ShedRun {
  readonly kind: 'shed'
  readonly engine?: EngineRef
  readonly from: Nanoseconds
  readonly to: Nanoseconds
  /** Records and markers; what a gap among them had counted is added, its interval is kept. */
  readonly count: number
}

/**
 * Folds what can't be held into the run before it. A run of one is that value itself, so nothing is
 * lost by it; nor by a `Skipped`, of which the later stands for the earlier.
 */
export function foldShed(
  run: Flowing | ShedRun | undefined,
  value: Flowing | ShedRun,
): Flowing | ShedRun {
  if (run === undefined || run.kind === 'skipped') return value
  return value.kind === 'skipped' ? run : join(beginShed(run), beginShed(value))
}

/**
 * @param cause why there was no room
 * @returns the gap that tells of the run
 */
export function gapOfShed(run: ShedRun, cause: GapCause): Gap {
  const { engine, from, to, count } = run
  return gapOf({
    ...(engine === undefined ? {} : { engine }),
    from,
    to,
    count,
    cause,
    certainty: 'certain',
  })
}

function beginShed(value: Entry | ShedRun): ShedRun {
  if (value.kind === 'shed') return value
  const { engine } = value
  return {
    kind: 'shed',
    ...(engine === undefined ? {} : { engine }),
    from: value.kind === 'gap' ? value.from : value.time,
    to: value.kind === 'gap' ? value.to : value.time,
    count: value.kind === 'gap' ? (value.count ?? 0) : 1,
  }
}

/** Times may be out of order: the interval covers all. */
function join(run: ShedRun, more: ShedRun): ShedRun {
  return {
    ...run,
    ...(run.engine === undefined && more.engine !== undefined ? { engine: more.engine } : {}),
    from: more.from < run.from ? more.from : run.from,
    to: more.to > run.to ? more.to : run.to,
    count: run.count + more.count,
  }
}
