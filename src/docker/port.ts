import type { ContainerFacts } from '../model/container-facts.ts'
import type { EngineCount } from '../model/engine-count.ts'
import type { EngineRef } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/** Where events come from. */
export interface EventSource {
  /**
   * The event stream, from `since` on (inclusive) or from now on. Ends when the engine or the
   * connection ends it; throws what the connection threw. With `until` it ends at that moment.
   */
  open(options: {
    readonly since: Nanoseconds | 'now'
    readonly until?: Nanoseconds
    readonly signal: AbortSignal
  }): AsyncIterable<Uint8Array>
}

/** Who answers what a container is. */
export interface Inspector {
  /** `undefined` when the engine has no such container (any more). Throws when it can't answer. */
  inspect(id: string, signal: AbortSignal): Promise<ContainerFacts | undefined>
  /** Ids of all containers, or of those that run. Default `all`. */
  list(signal: AbortSignal, which?: 'all' | 'running'): Promise<readonly string[]>
}

/** What an engine holds for a reader of its stream that does not read, before it drops events. */
export interface ReaderQueue {
  readonly slots: number
  /** How long an event waits for a free slot, in ms. */
  readonly waitMs: number
}

export interface EngineInfo {
  readonly ref: EngineRef
  /** The engine's own clock, some time between question and answer. */
  readonly time: Nanoseconds
  /** Absent where the engine drops nothing. */
  readonly queue?: ReaderQueue
}

export interface MeteredCount extends EngineCount {
  /** Whose count it is, where it says so. */
  readonly engineId?: string
}

/** The calls made to one engine; the port that dockerode, the fake engine and replay implement. */
export interface Engine extends EventSource, Inspector {
  /** As shown to people: `unix:///var/run/docker.sock`, without user info. */
  readonly endpoint: string
  info(signal: AbortSignal): Promise<EngineInfo>
  ping(signal: AbortSignal): Promise<void>
  /** What its metrics say of the number of its events. Absent where nobody knows its metrics. */
  readonly count?: (signal: AbortSignal) => Promise<MeteredCount>
}

/** An engine that also gives inspect answers as they came, for traces. */
export interface InspectableEngine extends Engine {
  /** Parsed JSON; `undefined` when there is no such container. */
  inspectJson(id: string, signal: AbortSignal): Promise<unknown>
}
