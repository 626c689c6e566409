import type { Clock } from '../actors/clock.ts'

/**
 * Runs with a signal of its own, which is aborted with `signal` and after `ms`. The error then names
 * what took too long; whether `run` heeds its signal does not matter.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  what: string,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const over = Promise.withResolvers<never>()
  const end = (reason: unknown): void => {
    controller.abort(reason)
    over.reject(reason)
  }
  const onAbort = (): void => end(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(ms, () =>
    end(Object.assign(new Error(`${what} took longer than ${ms} ms`), { code: 'ETIMEDOUT' })),
  )
  try {
    return await Promise.race([run(controller.signal), over.promise])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
