import type { Clock } from './clock.ts'

/** What a running actor is given. */
interface ActorContext {
  readonly name: string
  /** Aborted when the actor must end; it then returns or rejects with the signal's reason. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** 0 for the first run, then how many times it was restarted. */
  readonly restarts: number
}

/**
 * An actor is a name and a life: `run` works until its signal is aborted. Returning before means it
 * is done; rejecting means it failed, and its supervisor decides. State that must outlive a failure
 * is kept by whoever made the actor; a message in hand is not.
 */
export interface Actor {
  readonly name: string
  run(context: ActorContext): Promise<void>
}

/** What happens in an actor's life, as its supervisor tells it. */
export interface LifeEvent {
  readonly actor: string
  readonly state: 'started' | 'failed' | 'restarting' | 'stopped' | 'escalated'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly error?: Error
  /** With `restarting`: how long it waits before. */
  readonly delayMs?: number
}
