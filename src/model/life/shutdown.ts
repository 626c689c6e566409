import type { EngineStory, Evidence, Run } from './life.ts'

const SECOND = 1_000_000_000n
/** An engine that ends gives its containers 10 s and more, and then its stream ends. */
const LONGEST_SHUTDOWN = 30n * SECOND
/** It asks all of them at once... */
const ONE_WAVE = 3n * SECOND
/** ...and is gone soon after the last has ended. */
const SOON_GONE = 5n * SECOND
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
export function shutdownOf({ death, kills }: Run, engine: EngineStory): Shutdown | undefined {
  const { lost, gaps } = engine
  const asked = kills[0]?.time ?? death!.time
  const anew = gaps.findLast(({ to }) => to <= asked && asked - to <= CLEANUP)
  if (anew !== undefined) {
    const evidence = [{ what: 'gap', id: anew.id, time: anew.to } as const]
    return { is: anew.restarted === true ? 'certain' : 'possible', evidence }
  }
  if (lost === undefined || lost.time < death!.time - SECOND) return undefined
  const { lastAsked = asked, lastEnd = death!.time } = engine
  if (lost.time - asked > LONGEST_SHUTDOWN || lastAsked - asked > ONE_WAVE) return undefined
  if (lost.time - lastEnd > SOON_GONE) return undefined
  const behind = gaps.find(({ to }) => to >= lost.time - SECOND)
  const evidence: readonly Evidence[] = [
    lost,
    ...(behind === undefined ? [] : [{ what: 'gap', id: behind.id, time: behind.to } as const]),
  ]
  if (behind !== undefined)
    return { is: behind.restarted === true ? 'certain' : 'possible', evidence }
  // It was there again with all it remembered: it had not ended.
  return engine.back === undefined ? { is: 'possible', evidence } : undefined
}
