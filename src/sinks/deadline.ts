import type { Clock } from '../actors/clock.ts'
import { formatDuration } from '../config/units.ts'

/**
 * Does the work, but no longer than `ms`: then, or when `signal` is aborted, the work's own signal
 * is aborted and this rejects at once. Work that goes on regardless is left alone and whatever it
 * says later is not heard.
 *
 * @param what names the work in the error: `no answer to ... within 30s`
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
  const { signal, clock, what, ms } = options
  signal.throwIfAborted()
  const attempt = new AbortController()
  const onAbort = (): void => attempt.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(ms, () =>
    attempt.abort(new Error(`no answer to ${what} within ${formatDuration(ms)}`)),
  )
  const calledOff = new Promise<never>((_, reject) => {
    attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason as Error), {
      once: true,
    })
  })
  try {
    // The race listens to both, so the loser's rejection is never an unhandled one.
    return await Promise.race([work(attempt.signal), calledOff])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
