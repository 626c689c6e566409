import type { Nanoseconds } from '../time.ts'
import type { EngineStory, Life, Run } from './life.ts'

const SECOND = 1_000_000_000n
/** What tells more of an end that nobody asked for comes at once. */
const QUIET = 3n * SECOND
/** Behind a request a restart may follow, or the engine's own end. */
const QUIET_AFTER_REQUEST = 15n * SECOND
/** Engines end within so long of asking their containers to. */
const SHUTDOWN = 30n * SECOND
/** Ended runs of one container that may wait; beyond, the oldest is settled as it is. */
const MAX_UNSETTLED = 16

/**
 * Which ended runs of a container nothing more is expected of, oldest first.
 *
 * @param quiet how long nothing came from the engine, in ns, by whoever waits
 */
export function settledRuns(life: Life, engine: EngineStory, quiet: Nanoseconds): Run[] {
  const { unsettled } = life
  const settled: Run[] = []
  for (const [at, run] of unsettled.entries()) {
    const isOver = unsettled.length - at > MAX_UNSETTLED || isSettled(run, engine, quiet)
    if (!isOver) break // in their order
    settled.push(run)
  }
  return settled
}

function isSettled(run: Run, engine: EngineStory, quiet: Nanoseconds): boolean {
  const end = endOf(run)
  const wasAsked = run.kills.length > 0 || run.stop !== undefined
  const { lost, back } = engine
  // Whether the engine ended, and them with it, is known when it is there again.
  const isHeld = wasAsked && lost !== undefined && back === undefined && lost.time - end < SHUTDOWN
  if (isHeld && quiet < HELD_AT_MOST) return false
  if (isOfEngineBefore(end, engine)) return true
  const wait = wasAsked ? QUIET_AFTER_REQUEST : QUIET
  return engine.time - end >= wait || quiet >= wait
}

/** The engine ended behind it, and one that began anew tells of other runs. */
function isOfEngineBefore(end: Nanoseconds, { lost, gaps, time }: EngineStory): boolean {
  if (lost === undefined || end > lost.time) return false
  return gaps.some(({ restarted, to }) => restarted === true && to > lost.time && time > to)
}

/** An engine that does not come back keeps nobody from knowing what is known. */
const HELD_AT_MOST = 600n * SECOND

/** When it ended, or had ended by. */
export const endOf = ({ death, goneBy }: Run): Nanoseconds => death?.time ?? goneBy ?? 0n
