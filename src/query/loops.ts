import type { RunRow } from '../lives/run-row.ts'
import { LOOP_DEATHS, LOOP_WINDOW } from '../model/life/loop.ts'
import { isTrouble } from '../model/life/sentence.ts'
import type { Nanoseconds } from '../model/time.ts'

/** A lineage that ended again and again, and was started again. */
export interface Loop {
  readonly lineage: RunRow['lineage']
  readonly image: string
  readonly deaths: number
  readonly from: Nanoseconds
  /** When the last of them ended. */
  readonly to: Nanoseconds
  readonly exitCodes: readonly number[]
  readonly causes: readonly string[]
  /** When it was quiet for long enough; absent while it goes on. */
  readonly resolvedAt?: Nanoseconds
}

/**
 * The restart loops among the runs of one lineage, over all its containers. Ends that somebody asked
 * for and finished work are no part of one, so a job that runs each minute is none.
 *
 * @param runs that have ended, the oldest first
 */
export function loopsOf(runs: Iterable<RunRow>, now: Nanoseconds): Loop[] {
  const loops: Loop[] = []
  let current: RunRow[] = []

  function close(at: Nanoseconds | undefined): void {
    if (hasLooped(current)) loops.push(loopOf(current, at))
    current = []
  }

  for (const run of runs) {
    if (run.endedAt === undefined || run.cause === undefined) continue
    if (!isTrouble({ ...run, cause: run.cause })) continue
    const last = current.at(-1)?.endedAt
    if (last !== undefined && run.endedAt - last > LOOP_WINDOW) close(last + LOOP_WINDOW)
    current.push(run)
  }
  const last = current.at(-1)?.endedAt
  close(last !== undefined && now - last > LOOP_WINDOW ? last + LOOP_WINDOW : undefined)
  return loops
}

/** Somewhere in the chain there were enough of them close together. */
function hasLooped(runs: readonly RunRow[]): boolean {
  return runs.some((run, at) => {
    const first = runs[at - LOOP_DEATHS + 1]
    return first !== undefined && run.endedAt! - first.endedAt! <= LOOP_WINDOW
  })
}

function loopOf(runs: readonly RunRow[], resolvedAt: Nanoseconds | undefined): Loop {
  const last = runs.at(-1)!
  return {
    lineage: last.lineage,
    image: last.container.image,
    deaths: runs.length,
    from: runs[0]!.endedAt!,
    to: last.endedAt!,
    exitCodes: [...new Set(runs.flatMap(({ exitCode }) => exitCode ?? []))],
    causes: [...new Set(runs.flatMap(({ cause }) => cause ?? []))],
    ...(resolvedAt === undefined ? {} : { resolvedAt }),
  }
}
