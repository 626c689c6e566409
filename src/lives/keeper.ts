import type { Observable } from 'rxjs'
import type { Actor } from '../actors/actor.ts'
import { createBell } from '../actors/bell.ts'
import type { Clock } from '../actors/clock.ts'
import { decodeEntry } from '../model/entry-codec.ts'
import type { Entry } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Step } from './maker.ts'
import { startLivesThread, type LivesThread } from './thread.ts'

/** How the lives fare, for health and metrics. */
export interface LivesStatus {
  /** The last place of the journal that they have taken in. */
  readonly seq: number
  /** Findings that are open: what goes on. */
  readonly open: Step['open']
  /** Set while they can't be kept: recording and delivery go on. */
  readonly lastError?: string
}

/** Keeps the lives up with the journal, and appends what has to be told of those that are over. */
export interface LivesKeeper extends Actor, AsyncDisposable {
  /** Takes in all there is now, and tells of all that is over: nothing more will come. */
  conclude(signal: AbortSignal): Promise<void>
  status(): LivesStatus
}

/** Entries come in bursts; one look at the journal takes in many of them. */
const LOOK_EVERY_MS = 200
/** Runs that are over are told by then, where nothing else wakes it. */
const TICK_MS = 1_000
/** Its thread ends when there was nothing to do for so long: 16 MiB that an idle agent can do without. */
const REST_MS = 20_000

export function createLivesKeeper(options: {
  readonly dir: string
  /** Whether what auditors ask about in containers is told. */
  readonly tellsPosture: boolean
  readonly wake$: Observable<unknown>
  readonly append: (entries: readonly Entry[], signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}): LivesKeeper {
  const { dir, tellsPosture, wake$, append, clock, log } = options
  const bell = createBell(clock)
  let thread: LivesThread | undefined
  let status: LivesStatus = { seq: 0, open: { 'restart-loop': 0, 'flapping-health': 0 } }
  let isWaiting = true

  const open = (): LivesThread => (thread ??= startLivesThread(dir, tellsPosture))

  async function close(): Promise<void> {
    const ending = thread
    thread = undefined // a dead one is begun anew
    await ending?.[Symbol.asyncDispose]()
  }

  async function takeAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const step = await open().step(clock.monotonic())
      status = { seq: step.seq, open: step.open }
      isWaiting = step.isWaiting
      if (!step.more) return
    }
  }

  /** What it tells is an entry like others, and is taken in at once: what is told need not be kept for it. */
  async function tell(now: number, signal: AbortSignal): Promise<void> {
    while (isWaiting) {
      const due = await open().due(now)
      if (due.length === 0) return
      await append(due.map(decodeEntry), signal)
      await takeAll(signal)
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    try {
      await takeAll(signal)
      await tell(clock.monotonic(), signal)
    } catch (thrown) {
      // What it told may not have been appended: begun anew, it tells it again.
      await close()
      if (signal.aborted) return
      const { message } = asError(thrown)
      if (status.lastError !== message) {
        log.warn(
          {},
          `lives and causes can't be kept: ${message}; what is recorded is not touched; if it stays, stop the agent and run: auditor journal rebuild`,
        )
      }
      status = { ...status, lastError: message }
    }
  }

  /** Looks when something was appended, and each second while more is expected of runs that ended. */
  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await look(signal)
      await clock.sleep(LOOK_EVERY_MS, signal)
      const isBusy = isWaiting || status.lastError !== undefined
      const patience = isBusy ? TICK_MS - LOOK_EVERY_MS : REST_MS
      const since = clock.monotonic()
      await bell.wait(signal, patience)
      if (isBusy || clock.monotonic() - since < patience) continue
      await close()
      await bell.wait(signal)
    }
  }

  return {
    name: 'lives',
    async run({ signal }) {
      const waking = wake$.subscribe(() => bell.ring())
      try {
        await work(signal)
      } finally {
        waking.unsubscribe()
      }
    },
    async conclude(signal) {
      await takeAll(signal)
      await tell(Infinity, signal)
    },
    status: () => status,
    [Symbol.asyncDispose]: close,
  }
}
