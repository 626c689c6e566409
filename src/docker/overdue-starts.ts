import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import type { Record } from '../model/entry.ts'

/**
 * Containers that were about to start, as it seems, and have not started. Engines send neither `start`
 * nor `die` for a start that failed; what is left of it is a `create` that nothing follows, or a network
 * that is connected or disconnected while nothing runs. Who is asked about such a container says
 * in `State.Error` whether a start failed.
 *
 * Times are of one clock, whichever: that of the events, or that of whoever hears them.
 */
export interface OverdueStarts {
  told(record: Record, time: Nanoseconds): void
  /** Those that should have started by now, each once; `at` is when that was so. */
  due(now: Nanoseconds): { readonly id: string; readonly at: Nanoseconds }[]
  /** Whether there will be any, if nothing more is told. */
  isWaiting(): boolean
}

/** A start takes so long at most, and `docker compose` needs so long between creating and starting. */
const START_TAKES: Nanoseconds = nanosFromMillis(2_000)
/** Most containers remembered; beyond it those that were told of longest ago are forgotten. */
const MAX_CONTAINERS = 10_000

interface State {
  readonly isRunning: boolean
  /** Networks it is connected to; Docker 20.10 disconnects them behind `die`, later ones before. */
  readonly networks: number
}

const IDLE: State = { isRunning: false, networks: 0 }

const NETWORK = new Set(['connect', 'disconnect'])
const GONE = new Set(['destroy', 'remove'])

export function createOverdueStarts(): OverdueStarts {
  const states = new Map<string, State>()
  /** In the order in which they are due. */
  const awaited = new Map<string, Nanoseconds>()

  function become(id: string, state: State): void {
    states.delete(id)
    states.set(id, state)
    awaited.delete(id)
    if (states.size <= MAX_CONTAINERS) return
    const [oldest] = states.keys()
    forget(oldest!)
  }

  function forget(id: string): void {
    states.delete(id)
    awaited.delete(id)
  }

  function networkTold(id: string, action: string, time: Nanoseconds): void {
    const state = states.get(id) ?? IDLE
    const networks = state.networks + (action === 'connect' ? 1 : -1)
    const by = awaited.get(id)
    become(id, { ...state, networks: Math.max(0, networks) })
    // Somebody wants to start it: nothing was left to be disconnected, or it is connected again.
    if (state.isRunning || (action !== 'connect' && networks >= 0)) {
      if (by !== undefined) awaited.set(id, by)
    } else awaited.set(id, time + START_TAKES)
  }

  return {
    told({ event, origin }, time) {
      if (origin !== 'observed') return
      const { type, action, actorId: id, attributes } = event
      const { container } = attributes
      if (type === 'network' && container !== undefined && NETWORK.has(action)) {
        networkTold(container, action, time)
      }
      if (type !== 'container') return
      const state = states.get(id) ?? IDLE
      if (action === 'create') {
        become(id, state)
        awaited.set(id, time + START_TAKES)
      } else if (action === 'start') become(id, { ...state, isRunning: true })
      else if (action === 'die') become(id, { ...state, isRunning: false })
      else if (GONE.has(action)) forget(id)
    },
    due(now) {
      const due: { id: string; at: Nanoseconds }[] = []
      for (const [id, at] of awaited) {
        if (at > now) break
        due.push({ id, at })
      }
      for (const { id } of due) awaited.delete(id)
      return due
    },
    isWaiting: () => awaited.size > 0,
  }
}
