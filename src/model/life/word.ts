import type { ContainerFacts } from '../container-facts.ts'
import { healthOf } from '../container-word.ts'
import { actionName } from '../docker-event.ts'
import { ENGINE_ATTRIBUTES } from '../engine-attributes.ts'
import type { Record } from '../entry.ts'
import { outcomeOfLife } from '../life-end.ts'
import type { Nanoseconds } from '../time.ts'
import type { Death } from './life.ts'
import { lineageOf, type Lineage } from './lineage.ts'

/** What one record says of a container's life. */
export interface LifeWord {
  readonly engineId: string
  /** The container's. */
  readonly id: string
  /** The entry's. */
  readonly entryId: string
  readonly seq: number
  readonly time: Nanoseconds
  readonly says:
    | 'create' | 'start' | 'die' | 'kill' | 'stop' | 'restart' | 'oom' | 'pause' | 'unpause'
    | 'rename' | 'update' | 'health' | 'exec' | 'gone' | 'facts' // prettier-ignore
  readonly about?: About
  /** Of `die`. */
  readonly death?: Death
  /** Of `kill`. */
  readonly signal?: number
  /** Of `health`. */
  readonly health?: string
}

/** Who it is, as far as one record tells. */
export interface About {
  readonly name: string
  readonly image: string
  readonly lineage: Lineage
  readonly shadows: readonly string[]
  readonly facts?: ContainerFacts
}

/** Podman's words are `remove` for `destroy` and `exec` for `exec_create`. */
const WORDS: ReadonlyMap<string, LifeWord['says']> = new Map([
  ['create', 'create'],
  ['start', 'start'],
  ['die', 'die'],
  ['kill', 'kill'],
  ['stop', 'stop'],
  ['restart', 'restart'],
  ['oom', 'oom'],
  ['pause', 'pause'],
  ['unpause', 'unpause'],
  ['rename', 'rename'],
  ['update', 'update'],
  ['health_status', 'health'],
  ['exec_start', 'exec'],
  ['exec', 'exec'],
  ['destroy', 'gone'],
  ['remove', 'gone'],
  ['snapshot', 'facts'],
])

/** @returns `undefined` where the record says nothing of a container's life */
export function lifeWordOf(record: Record, seq: number): LifeWord | undefined {
  const { event } = record
  if (event.type !== 'container' || event.actorId === '') return undefined
  const says = WORDS.get(actionName(event.action))
  if (says === undefined) return undefined
  const about = aboutOf(record)
  return {
    engineId: record.engine.id,
    id: event.actorId,
    entryId: record.id,
    seq,
    time: record.time,
    says,
    ...(about === undefined ? {} : { about }),
    ...(says === 'die' ? { death: deathOf(record) } : {}),
    ...(says === 'kill' ? signalOf(record) : {}),
    ...(says === 'health' ? { health: healthOf(event) } : {}),
  }
}

/** Many records share the facts of their container while they are cached. */
const known = new WeakMap<ContainerFacts, About>()

function aboutOf({ event, container }: Record): About | undefined {
  if (container !== undefined) {
    let about = known.get(container)
    if (about === undefined) {
      about = aboutByFacts(container)
      known.set(container, about)
    }
    return about
  }
  const { name, image = '' } = event.attributes
  if (name === undefined) return undefined
  const lineage = lineageOf(name, event.attributes)
  return { name, image, lineage, shadows: shadowsIn(event) }
}

/** Events of these actions have none of the engine's own attributes: what is called so is a label. */
const BARE: ReadonlySet<string> = new Set([
  'create', 'start', 'stop', 'restart', 'oom', 'pause', 'unpause', 'destroy',
]) // prettier-ignore

function shadowsIn({ action, attributes }: Record['event']): readonly string[] {
  if (!BARE.has(action)) return []
  return ENGINE_ATTRIBUTES.filter((each) => Object.hasOwn(attributes, each))
}

function aboutByFacts(facts: ContainerFacts): About {
  const { name, labels, image } = facts
  const shadows = ENGINE_ATTRIBUTES.filter((each) => Object.hasOwn(labels, each))
  return { name, image: image.name, lineage: lineageOf(name, labels), shadows, facts }
}

function deathOf(record: Record): Death {
  const { id, time, event, container, origin } = record
  const { exitCode, state } = outcomeOfLife(record, 'die')
  const isShadowed = container !== undefined && Object.hasOwn(container.labels, 'exitCode')
  const oomKilled =
    state?.oomKilled === true || (origin === 'inferred' && container?.state.oomKilled === true)
  return {
    id,
    time,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(isShadowed ? { isShadowed } : {}),
    ...(event.attributes['containerExitCode'] === undefined ? {} : { isPodman: true }),
    ...(origin === 'inferred' ? { isInferred: true } : {}),
    ...(oomKilled ? { oomKilled } : {}),
    ...(record.flags.includes('evidence-filtered') ? { isFiltered: true } : {}),
  }
}

/** A label named `signal` is copied over the engine's own. */
function signalOf({ event, container }: Record): { readonly signal?: number } {
  const text = event.attributes['signal']
  const isForged = container !== undefined && Object.hasOwn(container.labels, 'signal')
  return text !== undefined && /^\d{1,3}$/.test(text) && !isForged ? { signal: Number(text) } : {}
}
