import { ReplaySubject, type Observable } from 'rxjs'
import type { Actor, LifeEvent } from './actor.ts'
import { systemClock, type Clock } from './clock.ts'

/** When a failed actor is restarted, and when its supervisor gives up. */
export interface RestartPolicy {
  /** First delay before a restart, in ms; doubles with each further one. */
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** More failures than this within `withinMs` escalate. */
  readonly maxRestarts: number
  readonly withinMs: number
}

export const defaultRestartPolicy: RestartPolicy = {
  minDelayMs: 200,
  maxDelayMs: 30_000,
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
  /** Starts on a microtask, so that whoever asks for it can listen first. */
  start(actor: Actor, policy?: Partial<RestartPolicy>): Supervised
  /** Births, failures and ends of all actors; a late subscriber gets the last 64. */
  readonly life$: Observable<LifeEvent>
  /** Stops all actors, the last started first. */
  stop(): Promise<void>
}

/**
 * Restarts actors that fail, waiting longer each time (full jitter), and escalates an actor that
 * fails too often within a window: then `onEscalation` is called once with its last error.
 */
export function createSupervisor(options: {
  readonly clock?: Clock
  readonly onEscalation: (actor: string, error: Error) => void
}): Supervisor {
  const clock = options.clock ?? systemClock
  const life$ = new ReplaySubject<LifeEvent>(64)
  const children: Supervised[] = []

  const tell = (event: Omit<LifeEvent, 'at'>): void => life$.next({ ...event, at: clock.now() })

  async function live(actor: Actor, policy: RestartPolicy, signal: AbortSignal): Promise<void> {
    const failures: number[] = []
    for (let restarts = 0; ; restarts++) {
      tell({ actor: actor.name, state: 'started' })
      try {
        await actor.run({ name: actor.name, signal, clock, restarts })
        break
      } catch (thrown) {
        if (signal.aborted) break
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        tell({ actor: actor.name, state: 'failed', error })
        const now = clock.monotonic()
        failures.push(now)
        while (failures.length > 0 && failures[0]! < now - policy.withinMs) failures.shift()
        if (failures.length > policy.maxRestarts) {
          tell({ actor: actor.name, state: 'escalated', error })
          options.onEscalation(actor.name, error)
          throw error
        }
        const ceiling = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (failures.length - 1))
        const delayMs = Math.round(ceiling / 2 + (ceiling / 2) * clock.random())
        tell({ actor: actor.name, state: 'restarting', delayMs })
        try {
          await clock.sleep(delayMs, signal)
        } catch {
          break // stopped while waiting to be restarted
        }
      }
    }
    tell({ actor: actor.name, state: 'stopped' })
  }

  return {
    life$: life$.asObservable(),
    start(actor, policy) {
      const controller = new AbortController()
      const ended = Promise.resolve().then(() =>
        live(actor, { ...defaultRestartPolicy, ...policy }, controller.signal),
      )
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
      children.push(child)
      return child
    },
    async stop() {
      for (const child of children.toReversed()) await child.stop()
      life$.complete()
    },
  }
}
