import { ReplaySubject, type Observable } from 'rxjs'
import type { Actor, LifeEvent } from './actor.ts'
import { systemClock, type Clock } from './clock.ts'

/** When a failed actor is restarted, and when its supervisor gives up. */
export interface RestartPolicy {
  /**
   * First delay before a restart, in ms; doubles with each further failure until a run has lasted
   * `withinMs`.
   */
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** More failures than this within `withinMs` escalate; `Infinity` never does. */
  readonly maxRestarts: number
  readonly withinMs: number
}

/** An actor that fails at once, again and again, is escalated after half a minute at most. */
export const defaultRestartPolicy: RestartPolicy = {
  minDelayMs: 200,
  maxDelayMs: 5_000,
  maxRestarts: 10,
  withinMs: 60_000,
}

export interface Supervised {
  readonly name: string
  /** Ends the actor and waits until it has ended. Never rejects. */
  stop(): Promise<void>
  /** Settles when the actor has ended for good: rejects when it was escalated. */
  readonly ended: Promise<void>
}

export interface Supervisor {
  /**
   * Starts on a microtask, so that whoever asks for it can listen first. Throws once the supervisor
   * is stopped.
   */
  start(actor: Actor, policy?: Partial<RestartPolicy>): Supervised
  /** Births, failures and ends of all actors; a late subscriber gets the last 64. */
  readonly life$: Observable<LifeEvent>
  /** Stops all actors, the last started first, each when the one before has ended. */
  stop(): Promise<void>
}

/**
 * Restarts actors that fail, waiting longer each time (half of the delay is chance), and escalates
 * an actor that fails too often within a window: then `onEscalation` is called once with its last
 * error.
 */
export function createSupervisor(options: {
  readonly clock?: Clock
  readonly onEscalation: (actor: string, error: Error) => void
}): Supervisor {
  const clock = options.clock ?? systemClock
  const life$ = new ReplaySubject<LifeEvent>(64)
  const children = new Set<Supervised>()
  let stopped = false

  const tell = (event: Omit<LifeEvent, 'at'>): void => life$.next({ ...event, at: clock.now() })

  async function live(actor: Actor, policy: RestartPolicy, signal: AbortSignal): Promise<void> {
    const { name } = actor
    const failures = createFailures(policy)
    for (let restarts = 0; !signal.aborted; restarts++) {
      const startedAt = clock.monotonic()
      tell({ actor: name, state: 'started' })
      try {
        await actor.run({ name, signal, clock, restarts })
        break
      } catch (thrown) {
        if (signal.aborted && isTheEnd(thrown, signal)) break
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        tell({ actor: name, state: 'failed', error })
        if (signal.aborted) break
        const ceilingMs = failures.add(startedAt, clock.monotonic())
        if (ceilingMs === undefined) {
          tell({ actor: name, state: 'escalated', error })
          options.onEscalation(name, error)
          throw error
        }
        const delayMs = Math.round(ceilingMs / 2 + (ceilingMs / 2) * clock.random())
        tell({ actor: name, state: 'restarting', delayMs })
        await clock.sleep(delayMs, signal).catch(() => undefined) // stopped while waiting: the loop ends
      }
    }
    tell({ actor: name, state: 'stopped' })
  }

  return {
    life$: life$.asObservable(),
    start(actor, policy) {
      if (stopped) throw new Error(`${actor.name} can't start: its supervisor is stopped`)
      const controller = new AbortController()
      const ended = Promise.resolve()
        .then(() => live(actor, { ...defaultRestartPolicy, ...policy }, controller.signal))
        .finally(() => children.delete(child))
      // An escalation is told through onEscalation; whoever wants it awaits `ended` too.
      ended.catch(() => undefined)
      const child: Supervised = {
        name: actor.name,
        ended,
        async stop() {
          controller.abort(new Error(`${actor.name} is stopped`))
          await ended.catch(() => undefined)
        },
      }
      children.add(child)
      return child
    },
    async stop() {
      stopped = true
      for (const child of [...children].toReversed()) await child.stop()
      life$.complete()
    },
  }
}

/** An actor that was told to end rejects with the signal's reason, or what an aborted call makes of it. */
function isTheEnd(thrown: unknown, signal: AbortSignal): boolean {
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError')
}

/** Remembers failures within the window, at most `maxRestarts` and one (none without a limit). */
function createFailures(policy: RestartPolicy): {
  /** The most the next delay may be, in ms; `undefined` when it is enough. */
  add(startedAt: number, now: number): number | undefined
} {
  let recent: readonly number[] = []
  let inARow = 0
  return {
    add(startedAt, now) {
      inARow = now - startedAt >= policy.withinMs ? 1 : inARow + 1
      if (Number.isFinite(policy.maxRestarts)) {
        recent = [...recent.filter((at) => at >= now - policy.withinMs), now]
        if (recent.length > policy.maxRestarts) return undefined
      }
      return Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (inARow - 1))
    },
  }
}
