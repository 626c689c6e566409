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
  /** Podman's field of its own, beside the action `health_status`. */
  readonly healthStatus?: string
}

/** An event that happened. */
export interface SentEvent {
  readonly time: bigint
  /** JSON without its line end, in the engine's own newest dialect. */
  readonly line: string
  readonly event: FakeEvent
}

/** How an engine writes its events. */
export type Shape = (event: FakeEvent, time: bigint) => string

/**
 * What a client of this API version gets.
 *
 * - Docker below API 1.52: with the old fields `status`, `id` and `from`.
 * - moby from API 1.52 on: without them. Asked for an older version it writes containers' and images'
 *   events again by way of a float: keys sorted, `timeNano` off by up to 249 ns
 *   [moby daemon/internal/compat].
 * - Podman: the old fields always, and where it speaks of health `HealthStatus`.
 */
export function shapeFor(
  engine: { readonly kind: 'docker' | 'podman'; readonly apiVersion: string },
  asked: string,
): Shape {
  if (engine.kind === 'podman') return podman
  if (minor(engine.apiVersion) < 52) return before152
  return minor(asked) < 52 ? rewritten : since152
}

/** `1.41` -> 41; Docker's API never had another major version than 1. */
export function minor(apiVersion: string): number {
  return Number(apiVersion.split('.')[1] ?? 0)
}

const since152: Shape = (event, time) => withTime(head(event), time)

const before152: Shape = (event, time) => withTime({ ...oldFields(event), ...head(event) }, time)

const rewritten: Shape = (event, time) => {
  const old = oldFields(event)
  if (Object.keys(old).length === 0) return since152(event, time)
  const all = { ...old, ...head(event), time: seconds(time), timeNano: Number(time) }
  return JSON.stringify(sorted(all))
}

const podman: Shape = (event, time) => {
  const old = { status: event.action, id: event.id, from: event.attributes?.['image'] ?? '' }
  const line = withTime({ ...old, ...head(event) }, time)
  if (event.healthStatus === undefined) return line
  return `${line.slice(0, -1)},"HealthStatus":${JSON.stringify(event.healthStatus)}}`
}

function head(event: FakeEvent): object {
  return {
    Type: event.type ?? 'container',
    Action: event.action,
    // Go writes the keys of a map in their order.
    Actor: { ID: event.id, Attributes: sorted(event.attributes ?? {}) },
    scope: event.scope ?? 'local',
  }
}

function oldFields({ type = 'container', action, id, attributes }: FakeEvent): object {
  const common = { status: action, ...(id === '' ? {} : { id }) }
  if (type === 'image') return common
  if (type !== 'container') return {}
  const from = attributes?.['image'] ?? ''
  return { ...common, ...(from === '' ? {} : { from }) }
}

/** `timeNano` stands last, exact. */
function withTime(fields: object, time: bigint): string {
  return `${JSON.stringify(fields).slice(0, -1)},"time":${seconds(time)},"timeNano":${time}}`
}

function seconds(time: bigint): number {
  return Number(time / 1_000_000_000n)
}

function sorted(map: object): object {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
