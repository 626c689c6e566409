import type { Observable } from 'rxjs'
import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import { decodeEntry } from '../model/entry-codec.ts'
import type { Entry } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { startLivesThread, type LivesThread } from './thread.ts'

/** How the lives fare, for health and metrics. */
interface LivesStatus {
  /** The last place of the journal that they have taken in. */
  readonly seq: number
  /** Set while they can't be kept: recording and delivery go on. */
  readonly lastError?: string
}

/** Keeps the lives up with the journal, and appends what has to be told of those that are over. */
export interface LivesKeeper extends Actor, AsyncDisposable {
  /** Takes in all there is now, and tells of all that is over: nothing more will come. */
  conclude(signal: AbortSignal): Promise<void>
  /** Takes in all there is now, so that the next start finds little to do. */
  catchUp(signal: AbortSignal): Promise<void>
  status(): LivesStatus
}

/** Entries come in bursts; one look at the journal takes in many of them. */
const LOOK_EVERY_MS = 200
/** Runs that are over are told by then, where nothing else wakes it. */
const TICK_MS = 1_000

export function createLivesKeeper(options: {
  readonly dir: string
  readonly wake$: Observable<unknown>
  readonly append: (entries: readonly Entry[], signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}): LivesKeeper {
  const { dir, wake$, append, clock, log } = options
  let thread: LivesThread | undefined
  let status: LivesStatus = { seq: 0 }
  let isAwake = true

  const open = (): LivesThread => (thread ??= startLivesThread(dir))

  async function takeAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const step = await open().step(clock.monotonic())
      status = { seq: step.seq }
      if (!step.more) return
    }
  }

  /** What it tells is an entry like others, and is taken in with the next look. */
  async function tell(now: number, signal: AbortSignal): Promise<number> {
    const due = await open().due(now)
    if (due.length > 0) await append(due.map(decodeEntry), signal)
    return due.length
  }

  function complain(thrown: unknown): void {
    const { message } = asError(thrown)
    if (status.lastError !== message) {
      log.warn({}, `lives and causes can't be kept: ${message}; what is recorded is not touched`)
    }
    status = { ...status, lastError: message }
    thread = undefined // a dead thread is begun anew
  }

  async function work(signal: AbortSignal): Promise<void> {
    let lastTick = clock.monotonic()
    while (!signal.aborted) {
      const isDue = clock.monotonic() - lastTick >= TICK_MS
      if (isAwake || isDue) {
        isAwake = false
        lastTick = clock.monotonic()
        try {
          await takeAll(signal)
          await tell(clock.monotonic(), signal)
        } catch (thrown) {
          if (signal.aborted) return
          const failed = thread
          complain(thrown)
          await failed?.[Symbol.asyncDispose]()
        }
      }
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
  }

  return {
    name: 'lives',
    async run({ signal }) {
      const waking = wake$.subscribe(() => (isAwake = true))
      try {
        await work(signal)
      } finally {
        waking.unsubscribe()
      }
    },
    catchUp: takeAll,
    async conclude(signal) {
      await takeAll(signal)
      while ((await tell(Infinity, signal)) > 0) await takeAll(signal)
    },
    status: () => status,
    async [Symbol.asyncDispose]() {
      await thread?.[Symbol.asyncDispose]()
      thread = undefined
    },
  }
}
