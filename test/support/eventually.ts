import { setTimeout as wait } from 'node:timers/promises'

/**
 * Asks a real peer again and again until it gives an answer (anything but `undefined`), and throws
 * with `what` when the deadline has passed. For what happens in other processes; inside this one use
 * the manual clock.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await wait(100)
  }
}
