import type { ContainerFacts } from '../container-facts.ts'
import type { Life, Run } from './life.ts'
import type { LifeWord } from './word.ts'

/** One that has begun. */
export const newRun = (number: number): Run => ({
  number,
  kills: [],
  ooms: 0,
  pausedNanos: 0n,
  healthFlips: 0,
  execs: 0,
})

/** The name may change, and what inspect says comes when it comes; the lineage stays what it began as. */
export function withAbout(life: Life, { about }: LifeWord): Life {
  if (about === undefined) return life
  const { facts } = about
  const shadows = about.shadows.length === 0 ? life.shadows : about.shadows
  const isSame =
    about.name === life.name &&
    shadows === life.shadows &&
    (facts === undefined || !tellsMore(life, facts))
  if (isSame) return life
  return { ...life, name: about.name, shadows, ...(facts === undefined ? {} : factsOf(facts)) }
}

const tellsMore = (
  life: Life,
  { image, limits, autoRemove, created, restartPolicy }: ContainerFacts,
): boolean =>
  restartPolicy.name !== (life.restartPolicy ?? '') ||
  image.id !== life.imageId ||
  limits.memoryBytes !== (life.memoryLimit ?? 0) ||
  autoRemove !== (life.autoRemove ?? false) ||
  (created !== undefined && life.createdAt === undefined)

function factsOf({
  image,
  limits,
  autoRemove,
  created,
  restartPolicy,
}: ContainerFacts): Partial<Life> {
  return {
    ...(image.id === '' ? {} : { imageId: image.id }),
    ...(limits.memoryBytes === 0 ? {} : { memoryLimit: limits.memoryBytes }),
    ...(autoRemove ? { autoRemove } : {}),
    ...(restartPolicy.name === '' ? {} : { restartPolicy: restartPolicy.name }),
    ...(created === undefined ? {} : { createdAt: created }),
  }
}

/** What a listing found: a run that was not known, or a start that failed. */
export function found(life: Life, { about, time, entryId }: LifeWord): Life {
  const facts = about?.facts
  if (facts === undefined) return life
  const { status, startedAt, error, exitCode } = facts.state
  const isRunning = status === 'running' || status === 'paused'
  const described = { ...life, ...factsOf(facts) }
  if (isRunning) {
    if (life.run !== undefined) return described
    const run = { ...newRun(life.starts + 1), seenFrom: time }
    return {
      ...described,
      starts: life.starts + 1,
      run: startedAt === undefined ? run : { ...run, startedAt },
    }
  }
  const hasFailed = error !== '' && life.run === undefined && error !== life.lastFailure
  // Of one that ran before anybody listened, it may have failed long ago.
  const isOld = startedAt !== undefined && status !== 'created' && life.starts === 0
  if (!hasFailed || isOld) return described
  const number = life.starts + 1
  const death = { id: entryId, time, exitCode }
  return {
    ...described,
    starts: number,
    lastFailure: error,
    unsettled: [...life.unsettled, { ...newRun(number), death, failure: error }],
  }
}
