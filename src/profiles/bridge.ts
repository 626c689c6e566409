import { LRUCache } from 'lru-cache'
import type { Log } from '../model/log.ts'
import { servicesOf, type Derivation } from './derive.ts'
import type { ServiceInputs } from './inputs.ts'
import type { Change, Service } from './service.ts'

export interface BridgeOptions extends Omit<Derivation, 'addressOf'> {
  /** Seconds between two calls of `refresh`. */
  readonly ttlRefresh: number
  /** `on-success`: services of a container that failed are not stopped. */
  readonly deregister: 'always' | 'on-success'
  /** A `sync` stops the services of containers that run no more. */
  readonly cleanup: boolean
  readonly log: Log
}

/** What is known of a container that should be up. */
export interface Running {
  readonly id: string
  /** Only where it was asked: it was unknown. */
  readonly inputs?: ServiceInputs
}

/** A container that a `sync` does not find running; no code where it is gone. */
export interface Ended {
  readonly id: string
  readonly exitCode?: number
}

/**
 * The old programs' memory: which services were started and not stopped. What happens is told in
 * order and answered at once, so their races are not repeated. Begins empty.
 */
export interface Bridge {
  /** What inspect said of a container, at whatever event: others may share its network. */
  learn(inputs: ServiceInputs): void
  /** @param inputs absent where inspect gave no answer: it stays unknown until a `sync` */
  start(id: string, inputs: ServiceInputs | undefined): readonly Change[]
  /** A container that was there before: as `start`, and silent where it is known. */
  found(inputs: ServiceInputs): readonly Change[]
  /** @param exitCode absent where nobody knows it: the container is gone */
  die(id: string, exitCode: number | undefined): readonly Change[]
  /** It was sent a signal, or stopped by hand. */
  interrupt(id: string, action: string): readonly Change[]
  /** Everything that runs, and what is known and does not. */
  sync(running: readonly Running[], ended: readonly Ended[]): readonly Change[]
  /** `ttlRefresh` seconds have passed. */
  refresh(): void
  knows(id: string): boolean
  /** Ids of the containers with services. */
  known(): readonly string[]
}

/** Most containers; the one that was started first is forgotten then, and is not stopped. */
const MOST_CONTAINERS = 100_000
const SIGNALED = 128

export function createBridge(options: BridgeOptions): Bridge {
  const { dialect, ttl, log } = options
  const services = new Map<string, readonly Service[]>()
  /** Of containers that failed: a start within the time revives their services without a word. */
  const dead = new Map<string, { readonly left: number; readonly services: readonly Service[] }>()
  const addresses = new LRUCache<string, string>({ max: MOST_CONTAINERS })
  const derivation = { ...options, addressOf: (id: string) => addresses.get(id) }

  const told = (action: Change['action'], some: readonly Service[] = []): Change[] =>
    some.map((service) => ({ action, service }))

  function put<T>(into: Map<string, T>, id: string, value: T): void {
    into.set(id, value)
    const [oldest] = into.keys()
    if (into.size <= MOST_CONTAINERS || oldest === undefined) return
    into.delete(oldest)
    log.warn(
      { container: oldest },
      'more containers than can be kept: this one will not be stopped',
    )
  }

  function add(id: string, inputs: ServiceInputs | undefined): readonly Change[] {
    const revived = dead.get(id)
    if (revived !== undefined) {
      put(services, id, revived.services)
      dead.delete(id)
    }
    if (services.has(id)) return []
    if (inputs === undefined) {
      log.warn({ container: id }, 'inspect gave no answer in time: no service was told of it')
      return []
    }
    const found = servicesOf(inputs, derivation)
    if (found.length > 0) put(services, id, found)
    return told('start', found)
  }

  function remove(id: string, deregister: boolean): readonly Change[] {
    const before = services.get(id)
    services.delete(id)
    if (!deregister) {
      if (ttl !== 0 && before !== undefined) put(dead, id, { left: ttl, services: before })
      return []
    }
    const revivable = dead.get(id)?.services
    dead.delete(id)
    return [...told('stop', before), ...told('stop', revivable)]
  }

  function isSuccess(exitCode: number | undefined): boolean {
    if (exitCode === undefined || exitCode === 0) return true
    return dialect.signalIsSuccess && (exitCode & SIGNALED) === SIGNALED
  }

  const die = (id: string, exitCode: number | undefined): readonly Change[] =>
    remove(id, options.deregister === 'always' || isSuccess(exitCode))

  return {
    learn: ({ id, address }) => void addresses.set(id, address),
    start: add,
    found: (inputs) => (services.has(inputs.id) || !inputs.running ? [] : add(inputs.id, inputs)),
    die,
    interrupt: (id, action) => (dialect.ending.has(action) ? remove(id, true) : []),
    sync(running, ended) {
      const started = running.flatMap(({ id, inputs }) => {
        const known = services.get(id)
        if (known !== undefined) return told('start', known)
        return inputs?.running === true ? add(id, inputs) : []
      })
      if (!options.cleanup) return started
      return [...started, ...ended.flatMap(({ id, exitCode }) => die(id, exitCode))]
    },
    refresh() {
      for (const [id, { left, services: kept }] of dead) {
        if (left > options.ttlRefresh)
          dead.set(id, { left: left - options.ttlRefresh, services: kept })
        else dead.delete(id)
      }
    },
    knows: (id) => services.has(id),
    known: () => [...services.keys()],
  }
}
