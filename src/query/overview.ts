import type { RunRow } from '../lives/run-row.ts'
import type { LivesView } from '../lives/view.ts'
import type { Nanoseconds } from '../model/time.ts'

/** How a lineage does at present. */
export interface Standing {
  readonly name: string
  readonly state: 'running' | 'paused' | 'exited' | 'removed'
  /** Of its state; absent where that is not known. */
  readonly since?: Nanoseconds
  /** Runs that began since the journal did. */
  readonly runs: number
  /** Of these, how many began within the last hour and were not the first. */
  readonly restarts: number
  /** Why it ended last, with which code. */
  readonly lastCause?: string
  readonly exitCode?: number
  /** Ends and is started again, again and again, and that is not over: see `findings.md`. */
  readonly isLooping: boolean
  /** What its health check says, while it runs. */
  readonly health?: string
  readonly image: string
  readonly container: string
}

const HOUR: Nanoseconds = 3_600_000_000_000n

/**
 * How all lineages do that run, or ended within the last hour and were not removed long ago.
 *
 * @param accepts asked of a lineage's newest run. Default: all
 * @param isWhole of all others too
 */
export function overviewOf(
  lives: Pick<LivesView, 'lineages' | 'runs' | 'streaks'>,
  now: Nanoseconds,
  accepts: (run: RunRow) => boolean = () => true,
  isWhole = false,
): Standing[] {
  const recent = new Map<number, RunRow[]>()
  for (const run of lives.runs({ from: now - HOUR, oldestFirst: true })) {
    const before = recent.get(run.lineage.id)
    if (before === undefined) recent.set(run.lineage.id, [run])
    else before.push(run)
  }
  const looping = new Set(
    lives
      .streaks({})
      .filter(({ finding, resolvedAt }) => finding === 'restart-loop' && resolvedAt === undefined)
      .map(({ lineageId }) => lineageId),
  )
  return lives.lineages().flatMap(({ id }) => {
    const [newest, before] = lives.runs({ lineage: id, limit: 2 })
    if (newest === undefined || !accepts(newest)) return []
    const isPast = newest.container.removedAt !== undefined && !recent.has(id)
    if (isPast && !isWhole) return []
    const standing = standingOf(newest, before, recent.get(id) ?? [], now)
    return [{ ...standing, isLooping: looping.has(id) }]
  })
}

function standingOf(
  newest: RunRow,
  before: RunRow | undefined,
  recent: readonly RunRow[],
  now: Nanoseconds,
): Omit<Standing, 'isLooping'> {
  const { lineage, container } = newest
  const isOver = newest.endedAt !== undefined
  const last = isOver ? newest : before
  const since = isOver
    ? (container.removedAt ?? newest.endedAt)
    : (newest.pausedAt ?? newest.startedAt)
  const restarts = recent.filter(
    ({ startedAt, number }) => number > 1 && startedAt !== undefined && startedAt > now - HOUR,
  )
  const health = isOver ? undefined : container.health
  return {
    name: lineage.name,
    state: stateOf(newest),
    ...(since === undefined ? {} : { since }),
    runs: lineage.runs,
    restarts: restarts.length,
    ...(last?.cause === undefined ? {} : { lastCause: last.cause }),
    ...(last?.exitCode === undefined ? {} : { exitCode: last.exitCode }),
    ...(health === undefined || health === '' ? {} : { health }),
    image: container.image,
    container: container.id,
  }
}

function stateOf({ endedAt, pausedAt, container }: RunRow): Standing['state'] {
  if (container.removedAt !== undefined) return 'removed'
  if (endedAt !== undefined) return 'exited'
  return pausedAt === undefined ? 'running' : 'paused'
}
