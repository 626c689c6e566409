import { lifeOf } from '../model/entry-factory.ts'
import type { EngineRef, LifeEntry } from '../model/entry.ts'
import { judge } from '../model/life/judge.ts'
import type { Run } from '../model/life/life.ts'
import { endOf } from '../model/life/settle.ts'
import type { KeptEngine, KeptLife } from './tables.ts'

/** What is told of a run that is over. */
export function lifeEntry(
  { life, numbers }: KeptLife,
  run: Run,
  ref: EngineRef,
  story: KeptEngine['story'],
): LifeEntry {
  const { id, name, image, imageId, createdAt, removedAt, memoryLimit, lineage } = life
  const { startedAt, startedBy, death, failure, ooms, pausedNanos, healthFlips, execs } = run
  return lifeOf(ref, {
    time: endOf(run),
    container: {
      id,
      name,
      image,
      ...(imageId === undefined ? {} : { imageId }),
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(removedAt === undefined ? {} : { removedAt }),
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
    },
    lineage,
    number: numbers.get(run.number)!,
    run: run.number,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(startedBy === undefined ? {} : { startedBy }),
    ...(death === undefined ? {} : { endedAt: death.time }),
    ...(death?.exitCode === undefined ? {} : { exitCode: death.exitCode }),
    ...judge(run, life, story),
    ...(failure === undefined ? {} : { failure }),
    ooms,
    pausedNanos,
    healthFlips,
    execs,
  })
}
