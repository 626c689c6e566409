import type { Clock } from './clock.ts'

/** Wakes one sleeper. A ring nobody waits for is kept until the next `wait` or `silence`. */
export interface Bell {
  ring(): void
  /** Forgets a ring that was kept. */
  silence(): void
  readonly rung: boolean
  /** Until the next ring, or until `ms` are over; rejects with the signal's reason when aborted. */
  wait(signal: AbortSignal, ms?: number): Promise<void>
}

export function createBell(clock: Clock): Bell {
  let rung = false
  let wake: (() => void) | undefined

  return {
    get rung() {
      return rung
    },
    ring() {
      if (wake === undefined) rung = true
      else wake()
    },
    silence() {
      rung = false
    },
    async wait(signal, ms) {
      signal.throwIfAborted()
      if (rung) {
        rung = false
        return
      }
      const woken = new AbortController()
      const onAbort = (): void => woken.abort()
      signal.addEventListener('abort', onAbort, { once: true })
      wake = onAbort
      await (ms === undefined ? untilAborted(woken.signal) : clock.sleep(ms, woken.signal)).catch(
        () => undefined, // woken, which is not a failure
      )
      wake = undefined
      signal.removeEventListener('abort', onAbort)
      signal.throwIfAborted()
    },
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
