import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import { asError } from '../model/errors.ts'
import { recordOf } from '../model/entry-factory.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import type { DockerEvent } from '../model/docker-event.ts'
import type { EngineRef, Record } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Inspector } from './port.ts'

interface SnapshotOptions {
  readonly inspector: Inspector
  readonly engine: EngineRef
  readonly clock: Clock
  readonly log: Log
  readonly emit: (record: Record) => void
  /** The engine's clock. */
  readonly engineNow: () => Nanoseconds
  readonly signal: AbortSignal
}

/**
 * Tells the containers that exist, once for each engine. A snapshot that was cut off is completed by
 * the next call. Bound: until it is complete it knows the ids it has told.
 */
export interface Snapshots {
  /** Works in the background until the signal is aborted. */
  readonly start: (options: SnapshotOptions) => void
}

export function createSnapshots(): Snapshots {
  let engineId: string | undefined
  let told: Set<string> | undefined

  async function complete(options: SnapshotOptions, toldSoFar: Set<string>): Promise<void> {
    try {
      await takeSnapshot(options, toldSoFar)
      if (told === toldSoFar) told = undefined
    } catch (error) {
      if (options.signal.aborted) return
      const fields = { engine: options.engine.name, error: asError(error).message }
      options.log.warn(
        fields,
        'the containers that exist could not be listed; tried again at the next connection',
      )
    }
  }

  return {
    start(options) {
      if (options.engine.id !== engineId) {
        engineId = options.engine.id
        told = new Set()
      }
      if (told !== undefined) void complete(options, told)
    },
  }
}

const CONCURRENCY = 4
const LIST_MS = 30_000
const INSPECT_MS = 5_000

/**
 * Lists what exists and tells each container as a record, at the moment of its inspect. One that is
 * gone by then is left out; one whose inspect fails is told without facts. Rejects when the list
 * can't be had or the signal is aborted.
 */
async function takeSnapshot(options: SnapshotOptions, told: Set<string>): Promise<void> {
  const { inspector, clock, signal } = options
  const limits = { what: 'listing containers', ms: LIST_MS, signal, clock }
  const ids = await withDeadline((inTime) => inspector.list(inTime), limits)
  const waiting = ids.filter((id) => !told.has(id))
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      await tell(id, options)
      told.add(id)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}

async function tell(id: string, options: SnapshotOptions): Promise<void> {
  const { inspector, clock, signal, engine, log, emit, engineNow } = options
  const limits = { what: `inspect of ${id}`, ms: INSPECT_MS, signal, clock }
  try {
    const facts = await withDeadline((inTime) => inspector.inspect(id, inTime), limits)
    if (facts === undefined) return
    const record = recordOf(engine, snapshotEvent(id, attributesOf(facts), engineNow()))
    emit({ ...record, origin: 'snapshot', enrichment: 'fresh', container: facts })
  } catch (error) {
    signal.throwIfAborted()
    log.warn({ container: id, error: asError(error).message }, 'a container could not be inspected')
    const record = recordOf(engine, snapshotEvent(id, {}, engineNow()))
    emit({ ...record, origin: 'snapshot', enrichment: 'missing' })
  }
}

/** As an engine's event would have them: labels, then `image` and `name`. */
function attributesOf(facts: ContainerFacts): DockerEvent['attributes'] {
  return { ...facts.labels, image: facts.image.name, name: facts.name }
}

function snapshotEvent(
  id: string,
  attributes: DockerEvent['attributes'],
  time: Nanoseconds,
): DockerEvent {
  const action = 'snapshot'
  const head = JSON.stringify({
    Type: 'container',
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: 'local',
  })
  const line = `${head.slice(0, -1)},"time":${time / 1_000_000_000n},"timeNano":${time}}`
  return { type: 'container', action, actorId: id, attributes, scope: 'local', time, line }
}
