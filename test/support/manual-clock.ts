import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/actors/clock.ts'
import { mulberry32 } from './random.ts'

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time on. Timers and sleeps that become due run in order of their time (equal ones in the
   * order they were set), each at its own moment; everything they set off runs before the next one.
   */
  advance(ms: number): Promise<void>
  /** Moves to the next timer, if there is one; true when there was. */
  advanceToNext(): Promise<boolean>
  /** Lets everything that is ready run, without moving time. */
  settle(): Promise<void>
  /** The wall clock jumps (back, where negative); monotonic time and timers don't notice. */
  stepWall(ms: number): void
  /** How many timers and sleeps wait. */
  readonly pending: number
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Default start: 2026-11-22T00:00:00Z. The same seed gives the same chances. */
export function createManualClock(
  options: { readonly startMs?: number; readonly seed?: number } = {},
): ManualClock {
  const random = mulberry32(options.seed ?? 1)
  let wallOffset = options.startMs ?? Date.UTC(2026, 10, 22)
  let elapsed = 0
  let timers: Timer[] = []

  /** Sorted by time; a timer goes behind those of the same time. */
  function set(ms: number, run: () => void): () => void {
    const timer: Timer = { at: elapsed + Math.max(0, ms), run }
    const before = timers.findIndex((other) => other.at > timer.at)
    timers.splice(before < 0 ? timers.length : before, 0, timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }

  async function advanceTo(target: number): Promise<void> {
    await setImmediate()
    for (;;) {
      const next = timers[0]
      if (next === undefined || next.at > target) break
      timers.shift()
      elapsed = next.at
      next.run()
      await setImmediate()
    }
    elapsed = target
  }

  return {
    now: () => wallOffset + elapsed,
    nowNanos: () => BigInt(Math.round((wallOffset + elapsed) * 1000)) * 1000n,
    monotonic: () => elapsed,
    random,
    after: set,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error)
          return
        }
        const cancel = set(ms, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        const onAbort = (): void => {
          cancel()
          reject(signal!.reason as Error)
        }
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    },
    advance: (ms) => advanceTo(elapsed + ms),
    async advanceToNext() {
      await setImmediate()
      const next = timers[0]
      if (next === undefined) return false
      await advanceTo(next.at)
      return true
    },
    settle: () => advanceTo(elapsed),
    stepWall(ms) {
      wallOffset += ms
    },
    get pending() {
      return timers.length
    },
  }
}
