import type { DockerEvent } from './docker-event.ts'
import type { ContainerWord } from './container-word.ts'
import type { Nanoseconds } from './time.ts'

export type LifeStatus = 'created' | 'running' | 'paused' | 'exited'

/** What is known of a container that exists, after all that was told of it. */
export interface KnownContainer {
  readonly id: string
  /** Labels, image and name, as the engine's events have them; empty where none was told. */
  readonly attributes: DockerEvent['attributes']
  readonly status: LifeStatus
  /** When that was told: what is concluded of an earlier moment does not change it. */
  readonly statusAt: Nanoseconds
  readonly createdAt?: Nanoseconds
  /** When the last start and the last end were told: a little after they happened. */
  readonly startedAt?: Nanoseconds
  readonly finishedAt?: Nanoseconds
  readonly exitCode?: number
  /** The engine's count of restarts by policy at the last start, where inspect said it. */
  readonly restartCount?: number
  /** Since its start or its last change: `starting`, `healthy`, `unhealthy`; absent: not known. */
  readonly health?: string
  readonly healthAt?: Nanoseconds
  /** When the last of this was told. */
  readonly at: Nanoseconds
  /** Neither its beginning nor all of it was told: a hole may be in front of what is known. */
  readonly isPartial?: true
}

/**
 * What is known after a word. Observed words come in the engine's order and hold whatever their
 * time. Inferred ones and snapshots speak of a moment that may be past: they change nothing that
 * was told of a later one.
 *
 * @param inHole keep what is told of a container whose beginning may be concluded yet
 * @returns `undefined` where the container is gone, or not known well enough
 */
export function afterWord(
  known: KnownContainer | undefined,
  word: ContainerWord,
  inHole = false,
): KnownContainer | undefined {
  const { id, time, says, attributes = {} } = word
  if (says === 'gone') return undefined
  if (says === 'facts') {
    if (word.state === undefined || (known !== undefined && known.at > time)) return known
    return { id, attributes, ...word.state, statusAt: time, healthAt: time, at: time }
  }
  if (says === 'create' && (known === undefined || word.origin === 'observed')) {
    const { isPartial: _begins, ...rest } = begun(word)
    return { ...rest, createdAt: time, health: 'starting', healthAt: time }
  }
  if (known === undefined && says !== 'start' && !inHole) return undefined
  const next = changed(known ?? begun(word), word)
  return next.at >= time ? next : { ...next, at: time }
}

const begun = ({ id, attributes = {}, says, time }: ContainerWord): KnownContainer => ({
  id,
  attributes,
  status: 'created',
  statusAt: says === 'create' ? time : 0n,
  at: time,
  isPartial: true,
})

function changed(known: KnownContainer, word: ContainerWord): KnownContainer {
  const { time, health, attributes = {} } = word
  switch (word.says) {
    case 'create': {
      const { isPartial: _begins, ...rest } = known
      return { ...rest, createdAt: time, attributes: attributesAfter(known, word) }
    }
    case 'start':
      return afterStart(known, word)
    case 'die':
      return afterDie(known, word)
    case 'pause': {
      // Its probes stop, and its health goes to `unhealthy` without an event.
      const { health: _unknown, ...rest } = withStatus(known, 'paused', word)
      return { ...rest, healthAt: time }
    }
    case 'unpause':
      return withStatus(known, 'running', word)
    case 'rename':
      return { ...known, attributes }
    case 'health':
    case 'facts':
    case 'gone':
      return health === undefined ? known : { ...known, health, healthAt: time }
  }
}

/** Whether a word is the last one, by its kind or by its time. */
const isLast = ({ origin, time }: ContainerWord, last: Nanoseconds | undefined): boolean =>
  origin === 'observed' || last === undefined || last <= time

function withStatus(
  known: KnownContainer,
  status: LifeStatus,
  word: ContainerWord,
): KnownContainer {
  return isLast(word, known.statusAt) ? { ...known, status, statusAt: word.time } : known
}

function afterStart(known: KnownContainer, word: ContainerWord): KnownContainer {
  const { time, restartCount } = word
  const {
    exitCode,
    restartCount: _before,
    isPartial: _begins,
    ...rest
  } = withStatus(known, 'running', word)
  return {
    ...rest,
    ...(rest.status === 'exited' && exitCode !== undefined ? { exitCode } : {}),
    attributes: attributesAfter(known, word),
    ...(isLast(word, known.startedAt) ? { startedAt: time } : {}),
    ...(restartCount === undefined ? {} : { restartCount }),
    ...(isLast(word, known.healthAt) ? { health: 'starting', healthAt: time } : {}),
  }
}

/** The name may have been told since. */
function attributesAfter(known: KnownContainer, word: ContainerWord): KnownContainer['attributes'] {
  const { attributes = known.attributes } = word
  const isNewest = isLast(word, known.at) || known.attributes['name'] === undefined
  return isNewest ? attributes : known.attributes
}

function afterDie(known: KnownContainer, word: ContainerWord): KnownContainer {
  const { time, exitCode } = word
  const finishedAt = isLast(word, known.finishedAt) ? time : known.finishedAt!
  const next = { ...withStatus(known, 'exited', word), finishedAt }
  if (next.statusAt !== time) return next
  const { exitCode: _before, ...rest } = next
  return exitCode === undefined ? rest : { ...rest, exitCode }
}
