import type { Clock } from '../actors/clock.ts'
import type { Page } from '../journal/journal.ts'
import type { Seq } from '../model/entry.ts'
import { headOf } from './head-of.ts'

/** How one sink fares. Counts are of this process and only of what is settled in the journal. */
export interface SinkStatus {
  readonly name: string
  /** `retrying` from the first failure until the sink takes something, waits and tries alike. */
  readonly state: 'idle' | 'delivering' | 'retrying' | 'stopped'
  /** Entries the sink has. */
  readonly delivered: number
  /** Entries it refused: they are dead letters now. */
  readonly refused: number
  /** Entries its filter left out, and gaps of other sinks. */
  readonly skipped: number
  /** Deliveries tried again. */
  readonly retries: number
  /** What went wrong last, also when all is well again. */
  readonly lastError?: string
  /** Milliseconds since the epoch. */
  readonly lastErrorAt?: number
  /** While retrying: when it began. Milliseconds since the epoch. */
  readonly failingSince?: number
  /** Milliseconds since the epoch. */
  readonly lastSuccessAt?: number
  /** While it waits for the next try: when that is. Milliseconds since the epoch. */
  readonly retryAt?: number
  /** Everything up to here is settled; 0 until something was read. */
  readonly confirmed: Seq
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Keeps a shipper's status; it outlives restarts of the actor. */
export interface SinkState {
  status(): SinkStatus
  idle(): void
  reading(page: Page): void
  /** A try begins. */
  delivering(): void
  retrying(cause: Error, waitMs: number): void
  /** The journal does not answer, or the shipper itself failed: it goes on later. */
  failed(cause: Error): void
  /** The sink answered as it should. */
  succeeded(): void
  settled(page: Page, meant: number, refused: number): void
  stopped(): void
}

export function createSinkState(name: string, clock: Clock): SinkState {
  const status: Mutable<SinkStatus> = {
    name,
    state: 'idle',
    delivered: 0,
    refused: 0,
    skipped: 0,
    retries: 0,
    confirmed: 0,
  }
  let generation: number | undefined

  function enter(state: SinkStatus['state']): void {
    status.state = state
    delete status.retryAt
    if (state !== 'retrying') delete status.failingSince
  }

  function fail(cause: Error): void {
    enter('retrying')
    status.lastError = headOf(cause.message)
    status.lastErrorAt = clock.now()
    status.failingSince ??= status.lastErrorAt
  }

  return {
    status: () => ({ ...status }),
    idle: () => enter('idle'),
    delivering: () => enter(status.state === 'retrying' ? 'retrying' : 'delivering'),
    stopped: () => enter('stopped'),
    reading(page) {
      // A rewind begins a new generation, and with it the frontier moves back.
      if (page.origin === 'dead-letters' || page.generation === generation) return
      generation = page.generation
      status.confirmed = page.entries[0]!.seq - 1
    },
    retrying(cause, waitMs) {
      fail(cause)
      status.retries++
      status.retryAt = clock.now() + waitMs
    },
    failed: fail,
    succeeded() {
      enter('delivering')
      status.lastSuccessAt = clock.now()
    },
    settled(page, meant, refused) {
      status.delivered += meant - refused
      status.refused += refused
      status.skipped += page.entries.length - meant
      if (page.origin === 'journal') status.confirmed = page.entries.at(-1)!.seq
    },
  }
}
