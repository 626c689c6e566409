import type { EngineStory, Evidence, Run } from './life.ts'

const SECOND = 1_000_000_000n
/** An engine that ends gives its containers 10 s and more, and then its stream ends. */
const LONGEST_SHUTDOWN = 30n * SECOND
/** It asks all of them at once: within 0.62 s, of 16 on a loaded machine... */
const ONE_WAVE = (SECOND * 3n) / 2n
/** ...and is gone soon after the last has ended: 28.5 took 5.03 s on a loaded machine. */
const SOON_GONE = 15n * SECOND
/** An engine that begins anew ends what it finds running within moments. */
const CLEANUP = 5n * SECOND

export interface Shutdown {
  readonly is: 'certain' | 'possible'
  readonly evidence: readonly Evidence[]
}

/**
 * Whether a run that was stopped was stopped by the engine's own end, or by the cleaning up of one that
 * begins anew: its events are those of a stop (docs/causes.md). Certain where the engine is proven to
 * have begun anew, possible where nobody can tell.
 */
export function shutdownOf(
  { startedAt, death, kills }: Run,
  engine: EngineStory,
): Shutdown | undefined {
  const { lost, gaps, lostAfter = {} } = engine
  const asked = kills[0]?.time ?? death!.time
  const ranBefore = (to: bigint): boolean => startedAt === undefined || startedAt < to
  const anew = gaps.findLast(({ to }) => to <= asked && asked - to <= CLEANUP && ranBefore(to))
  if (anew !== undefined) {
    const evidence = [{ what: 'gap', id: anew.id, time: anew.to } as const]
    return { is: anew.restarted === true ? 'certain' : 'possible', evidence }
  }
  if (lost === undefined || lost.time < death!.time - SECOND) return undefined
  const { asked: lastAsked = asked, end: lastEnd = death!.time } = lostAfter
  if (lost.time - asked > LONGEST_SHUTDOWN || lastAsked - asked > ONE_WAVE) return undefined
  if (lost.time - lastEnd > SOON_GONE) return undefined
  const behind = gaps.find(({ to }) => to >= lost.time - SECOND)
  const evidence: readonly Evidence[] = [
    lost,
    ...(behind === undefined ? [] : [{ what: 'gap', id: behind.id, time: behind.to } as const]),
  ]
  if (behind !== undefined) {
    // Others were asked as well, and before it ended: nobody stops one after the other like that.
    const other = lastAsked === asked ? lostAfter.askedBefore : lastAsked
    const isOfWave = other !== undefined && asked - other <= ONE_WAVE && lastAsked <= death!.time
    const isCertain = behind.restarted === true && lostAfter.hadRuns !== true && isOfWave
    return { is: isCertain ? 'certain' : 'possible', evidence }
  }
  // It was there again with all it remembered: it had not ended.
  return engine.back === undefined ? { is: 'possible', evidence } : undefined
}
