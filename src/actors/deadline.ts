import type { Clock } from './clock.ts'

/**
 * Does the work, but no longer than `ms`: then, or when `signal` is aborted, the work's own signal
 * is aborted and this rejects at once. Work that goes on regardless is left alone, and whatever it
 * says later is not heard.
 *
 * @param what names the work in the error, whose code is `ETIMEDOUT`: `... took longer than 30 s`
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: {
    readonly what: string
    readonly ms: number
    readonly signal: AbortSignal
    readonly clock: Clock
  },
): Promise<T> {
  const { what, ms, signal, clock } = options
  signal.throwIfAborted()
  const own = new AbortController()
  const calledOff = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    own.abort(reason)
    calledOff.reject(reason)
  }
  const onAbort = (): void => end(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(ms, () =>
    end(Object.assign(new Error(`${what} took longer than ${ms / 1000} s`), { code: 'ETIMEDOUT' })),
  )
  try {
    // The race listens to both, so the loser's rejection is never an unhandled one.
    return await Promise.race([work(own.signal), calledOff.promise])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
