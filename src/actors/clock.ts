/**
 * Time and chance, injected everywhere so that tests can hold both. The only file that reads them.
 */
export interface Clock {
  /** Milliseconds since the epoch; may step back. */
  now(): number
  /** Nanoseconds since the epoch, as fine as the machine tells. */
  nowNanos(): bigint
  /** Milliseconds since some moment; never steps back. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `run` once after `ms`; returns the way to call it off. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void
  /** 0 <= x < 1 */
  random(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  nowNanos: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal!.reason as Error)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  },
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
