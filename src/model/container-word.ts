import type { ContainerFacts } from './container-facts.ts'
import type { KnownContainer, LifeStatus } from './container-state.ts'
import { actionDetail, type DockerEvent } from './docker-event.ts'
import type { Origin, Record } from './entry.ts'
import type { Nanoseconds } from './time.ts'

/** What one record says of a container's state. */
export interface ContainerWord {
  readonly id: string
  readonly time: Nanoseconds
  readonly origin: Origin
  readonly says:
    'create' | 'start' | 'die' | 'pause' | 'unpause' | 'rename' | 'health' | 'gone' | 'facts'
  /** Of `create`, `start`, `rename` and `facts`. */
  readonly attributes?: DockerEvent['attributes']
  readonly exitCode?: number
  readonly health?: string
  readonly restartCount?: number
  /** Of `facts`. */
  readonly state?: LifeState
}

/** What inspect says of a container's life. */
export type LifeState = Pick<
  KnownContainer,
  'status' | 'createdAt' | 'startedAt' | 'finishedAt' | 'exitCode' | 'restartCount' | 'health'
>

/** Podman says `remove` for `destroy`; its `init`, `cleanup` and `restart` say nothing new. */
const WORDS: ReadonlyMap<string, ContainerWord['says']> = new Map([
  ['create', 'create'],
  ['start', 'start'],
  ['die', 'die'],
  ['pause', 'pause'],
  ['unpause', 'unpause'],
  ['rename', 'rename'],
  ['destroy', 'gone'],
  ['remove', 'gone'],
  ['snapshot', 'facts'],
])
/** Words that bring the attributes along: enough for whoever has heard of the container at all. */
const WITH_ATTRIBUTES: ReadonlySet<ContainerWord['says']> = new Set(['create', 'start', 'rename'])
/** Of longer events only image and name are kept, so that what is known stays small. */
const LONGEST_LINE = 16_384

/** @returns `undefined` where the record says nothing of a container's state */
export function wordOf(record: Record): ContainerWord | undefined {
  const { event, origin, time } = record
  if (event.type !== 'container' || event.actorId === '') return undefined
  const says = WORDS.get(event.action)
  const word = { id: event.actorId, time, origin }
  if (says === undefined) {
    if (!event.action.startsWith('health_status')) return undefined
    const health = healthOf(event)
    return health === '' ? undefined : { ...word, says: 'health', health }
  }
  if (says === 'die') return { ...word, says, ...exitCodeOf(record) }
  const { container } = record
  if (says === 'facts') {
    if (container === undefined) return undefined
    return { ...word, says, attributes: attributesOf(event), state: lifeOf(container) }
  }
  const counts = says === 'start' && record.enrichment === 'fresh' && container !== undefined
  return {
    ...word,
    says,
    ...(WITH_ATTRIBUTES.has(says) ? { attributes: attributesOf(event) } : {}),
    ...(counts ? { restartCount: container.state.restartCount } : {}),
  }
}

/**
 * What a `health_status` says: `healthy`, `unhealthy`; empty where it says nothing. Podman's action is
 * the bare word, and its state a field of its own.
 */
export const healthOf = ({ action, line }: DockerEvent): string =>
  actionDetail(action) || (/"HealthStatus":"(\w+)"/.exec(line)?.[1] ?? '')

/** A label of that name may stand in the attribute's place; then the code is not known. */
function exitCodeOf({ event, flags }: Record): { readonly exitCode?: number } {
  const text = event.attributes['exitCode']
  const isCode =
    text !== undefined && /^-?\d{1,10}$/.test(text) && !flags.includes('label-shadows-attribute')
  return isCode ? { exitCode: Number(text) } : {}
}

function attributesOf({ attributes, line }: DockerEvent): DockerEvent['attributes'] {
  if (line.length <= LONGEST_LINE) return attributes
  const { image, name } = attributes
  return { ...(image === undefined ? {} : { image }), ...(name === undefined ? {} : { name }) }
}

/** The part of inspect's answer that a container's known state is compared with. */
export function lifeOf({ created, state }: ContainerFacts): LifeState {
  const { startedAt, finishedAt, health } = state
  const status = statusOf(state.status, startedAt !== undefined)
  return {
    status,
    restartCount: state.restartCount,
    ...(created === undefined ? {} : { createdAt: created }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(status === 'exited' ? { exitCode: state.exitCode } : {}),
    // Of a container that is not running, or paused, engines say `unhealthy` without an event.
    ...(health === undefined || status !== 'running' ? {} : { health }),
  }
}

/** Docker's words and Podman's. */
function statusOf(status: string, wasStarted: boolean): LifeStatus {
  switch (status) {
    case 'running':
    case 'stopping':
      return 'running'
    case 'paused':
      return 'paused'
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created'
    default:
      // restarting, removing, exited, stopped, dead
      return wasStarted ? 'exited' : 'created'
  }
}
