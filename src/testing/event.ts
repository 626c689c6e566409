/** An event as a test tells it; what is left out gets Docker's usual value. */
export interface FakeEvent {
  readonly type?: string
  readonly action: string
  /** The actor's id. */
  readonly id: string
  readonly attributes?: { readonly [name: string]: string }
  readonly scope?: 'local' | 'swarm'
  /** Nanoseconds since the epoch. Default: the engine's clock. */
  readonly time?: bigint
}

/** An event in the engine's history: its time, and the line that is sent. */
export interface SentEvent {
  readonly time: bigint
  /** JSON without its line end. */
  readonly line: string
}

/** Docker's JSON of an event: `timeNano` stands last, exact. */
export function renderEvent(event: FakeEvent, time: bigint): SentEvent {
  const head = JSON.stringify({
    Type: event.type ?? 'container',
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes ?? {} },
    scope: event.scope ?? 'local',
  })
  return { time, line: `${head.slice(0, -1)},"time":${time / 1_000_000_000n},"timeNano":${time}}` }
}
