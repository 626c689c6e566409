import type { ContainerFacts } from '../model/container-facts.ts'
import type { KnownContainer } from '../model/container-state.ts'
import { lifeOf } from '../model/container-word.ts'
import type { Bounds } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import {
  isEndTold,
  isHealthUntold,
  isQuiet,
  isStatusUntold,
  isUp,
  isWithin,
  lastLife,
  NEVER,
  untold,
  wasUpUntil,
  type Comparison,
} from './comparison.ts'

/** An event that must have happened in the hole. */
export interface Inferred extends Bounds {
  readonly action: string
  /** The engine's own attributes, as far as they are known. */
  readonly attributes: Readonly<{ [name: string]: string }>
  readonly time: Nanoseconds
  /** What inspect says is about this very event, not about a later life. */
  readonly isCurrent: boolean
}

interface Step {
  readonly action: string
  readonly attributes?: Inferred['attributes']
  /** The engine's own time of it. */
  readonly at?: Nanoseconds
  readonly earliest: Nanoseconds
  readonly latest: Nanoseconds
  readonly isCurrent?: boolean
}

/**
 * What must have happened to a container in a hole, in order. Only what happened up to the hole's
 * end is concluded: what is later the stream tells. Where the stream has spoken of the container
 * since, only the engine's own times prove anything, and only those it has not told yet.
 *
 * An event comes a little after the engine's own time of it (`StartedAt`, `FinishedAt`, `Created`),
 * so that time is the earliest; the latest is what must have come after, or the hole's end. What has
 * no time of its own happened after the hole's beginning.
 */
export function infer(comparison: Comparison): readonly Inferred[] {
  const { before, found } = comparison
  if (found === undefined) return before === undefined ? [] : timed(removal(before, comparison))
  return timed(passage(found, comparison))
}

function removal(before: KnownContainer, comparison: Comparison): Step[] {
  if (!isQuiet(comparison)) return []
  const { to } = comparison.hole
  const bounds = { earliest: untold(comparison), latest: to }
  const destroy = { action: 'destroy', ...bounds }
  return isUp(before) ? [{ action: 'die', ...bounds }, destroy] : [destroy]
}

/** From what was known to what was found. */
function passage(found: ContainerFacts, comparison: Comparison): Step[] {
  const { before, now, hole } = comparison
  const { to } = hole
  const life = lifeOf(found)
  const { createdAt, startedAt: start, finishedAt: end } = life
  const since = untold(comparison)
  const wasUp = before !== undefined && wasUpUntil(start, before)
  const steps: Step[] = []

  const isCreated =
    before === undefined && now?.createdAt === undefined && isWithin(createdAt, comparison)
  if (isCreated) {
    const latest = start === undefined || start > to ? to : start
    steps.push({ action: 'create', at: createdAt, earliest: createdAt, latest, isCurrent: true })
  }

  const isNewLife = start !== undefined && start > lastLife(before)
  const isStarted = isNewLife && isWithin(start, comparison) && (now?.startedAt ?? NEVER) < start
  const endsBefore = isNewLife && end !== undefined && end < start
  // An end that was told after a start in the hole is a later one.
  const isTold = endsBefore && isEndTold(end, now, isStarted ? start : undefined)
  if (endsBefore && isWithin(end, comparison) && !isTold) {
    const latest = start > to ? to : start
    // It was not up: so it was started once more in between.
    if (!wasUp && (before !== undefined || isCreated)) {
      const earliest = isCreated ? createdAt : since
      steps.push({ action: 'start', earliest, latest })
    }
    steps.push({ action: 'die', at: end, earliest: end, latest })
  } else if (wasUp && isStarted && !endsBefore) {
    steps.push({ action: 'die', earliest: since, latest: start })
  }
  if (isStarted) {
    const attributes = restarts(before, life.restartCount)
    steps.push({
      action: 'start',
      attributes,
      at: start,
      earliest: start,
      latest: to,
      isCurrent: true,
    })
  }

  const isEnded = life.status === 'exited' && end !== undefined && end >= (start ?? NEVER)
  if (isEnded && isWithin(end, comparison) && !isEndTold(end, now)) {
    // A short life's end may be stamped before its start was told.
    const told = (isNewLife ? start : before?.startedAt) ?? NEVER
    const at = end > told ? end : told + 1n
    steps.push({ ...death(found), at, earliest: end, latest: to })
  }
  return [...steps, ...untimed(found, comparison, steps), ...renaming(found, comparison)]
}

/** What inspect gives no time for: it is told only where the stream has not spoken of it since. */
function untimed(
  found: ContainerFacts,
  comparison: Comparison,
  steps: readonly Step[],
): readonly Step[] {
  const isStatusOpen = isStatusUntold(comparison)
  const { before, hole } = comparison
  const life = lifeOf(found)
  const more: Step[] = []
  const start = steps.findLast(({ action }) => action === 'start')
  const isAlive = life.status === 'running' || life.status === 'paused'
  const bounds = {
    earliest: start?.earliest ?? untold(comparison),
    latest: hole.to,
    isCurrent: true,
  }
  if (before !== undefined && steps.length === 0 && isStatusOpen) {
    // The engine's times contradict its state, as after a step of its clock.
    const wasUp = isUp(before)
    if (wasUp && life.status === 'exited' && (life.finishedAt ?? NEVER) <= hole.to) {
      more.push({ ...death(found), ...bounds })
    }
    if (!wasUp && isAlive && (life.startedAt ?? NEVER) <= hole.to) {
      more.push({ action: 'start', ...bounds })
    }
  }
  // A pause may have been told of a life whose start was not.
  const isTold = start !== undefined && before !== undefined && before.statusAt > start.earliest
  const isAnew = (start !== undefined && !isTold) || more.length > 0
  const known = isAnew ? 'running' : before?.status
  const status = isStatusOpen ? known : undefined
  if (life.status === 'paused' && status === 'running') more.push({ action: 'pause', ...bounds })
  if (life.status === 'running' && status === 'paused') more.push({ action: 'unpause', ...bounds })
  const isHealthOlder = start !== undefined && (before?.healthAt ?? NEVER) <= start.earliest
  const health = isHealthOlder ? 'starting' : before?.health
  if (
    isHealthUntold(comparison) &&
    health !== undefined &&
    isVerdict(life.health) &&
    life.health !== health
  ) {
    more.push({ action: `health_status: ${life.health}`, ...bounds })
  }
  return more
}

/** Another name than what was known, and than what the stream has told since. */
function renaming(found: ContainerFacts, comparison: Comparison): readonly Step[] {
  const { before, now, hole } = comparison
  const name = before?.attributes['name']
  const isTold = now?.attributes['name'] !== name
  if (name === undefined || found.name === '' || name === found.name || isTold) return []
  const attributes = { oldName: `/${name}` }
  const earliest = untold(comparison)
  return [{ action: 'rename', attributes, earliest, latest: hole.to, isCurrent: true }]
}

const isVerdict = (health: string | undefined): health is string =>
  health === 'healthy' || health === 'unhealthy'

/** The end of the life that inspect tells of. */
function death({ state }: ContainerFacts): Pick<Step, 'action' | 'attributes' | 'isCurrent'> {
  const attributes = {
    exitCode: String(state.exitCode),
    ...(state.oomKilled ? { oomKilled: 'true' } : {}),
  }
  return { action: 'die', attributes, isCurrent: true }
}

/** How often policy restarted it in the hole, where that was more than once and both counts are known. */
function restarts(before: KnownContainer | undefined, count = 0): Inferred['attributes'] {
  const more = count - (before?.restartCount ?? Infinity)
  return more > 1 ? { restarts: String(more) } : {}
}

/** Gives each step a moment within its bounds, so that they stand in order. */
function timed(steps: readonly Step[]): readonly Inferred[] {
  let next: Nanoseconds | undefined
  return steps
    .toReversed()
    .map(({ at, earliest, latest, attributes = {}, action, isCurrent = false }): Inferred => {
      let time = at ?? latest
      if (time > latest) time = latest
      if (next !== undefined && time >= next) time = next - 1n
      if (time < earliest) time = earliest
      next = time
      return { action, attributes, time, earliest, latest, isCurrent }
    })
    .reverse()
}
