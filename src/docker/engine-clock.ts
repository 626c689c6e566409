import type { Clock } from '../actors/clock.ts'
import type { Nanoseconds } from '../model/time.ts'

/** The clock of an engine, which may be another than ours, between two bounds. */
export interface EngineClock {
  readonly earliest: () => Nanoseconds
  readonly latest: () => Nanoseconds
}

/**
 * Asks the engine for its time and goes on counting from there. The time was read somewhere between
 * question and answer; where our own clock showed the same moment then, the two are one clock (or
 * as good as), and no bounds are needed.
 *
 * @param ask answers the engine's time
 */
export async function askClock<T extends { readonly time: Nanoseconds }>(
  ask: () => Promise<T>,
  clock: Clock,
): Promise<T & { readonly engineClock: EngineClock }> {
  const asked = clock.nowNanos()
  const askedAt = clock.monotonic()
  const answer = await ask()
  const answered = clock.nowNanos()
  const answeredAt = clock.monotonic()
  const { time } = answer
  const isOurs = asked <= time && time <= answered
  const since = (at: number) => (): Nanoseconds => time + exactly(clock.monotonic() - at)
  const own = (): Nanoseconds => clock.nowNanos()
  const engineClock = isOurs
    ? { earliest: own, latest: own }
    : { earliest: since(answeredAt), latest: since(askedAt) }
  return { ...answer, engineClock }
}

/** Milliseconds with their fractions. */
function exactly(millis: number): Nanoseconds {
  return BigInt(Math.round(millis * 1e6))
}
