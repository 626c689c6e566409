import type { Clock } from '../actors/clock.ts'
import { AuditorError } from '../model/errors.ts'

/** What passes by itself, or when somebody sees to the disk: no bug, and no reason to end. */
const passing: ReadonlySet<string> = new Set(['journal-full', 'journal-unusable'])

const MIN_DELAY_MS = 100
const MAX_DELAY_MS = 5_000

/**
 * Asks the journal again and again, for ever with backoff, while its disk is full or does not work
 * or another process holds it. Any other failure is thrown, and so is the signal's reason.
 *
 * @param onFailure called before each wait
 */
export async function whileJournalFails<T>(
  ask: () => Promise<T>,
  parts: {
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly onFailure: (error: AuditorError, waitMs: number) => void
  },
): Promise<T> {
  const { clock, signal, onFailure } = parts
  for (let failures = 0; ; failures++) {
    try {
      return await ask()
    } catch (thrown) {
      if (!(thrown instanceof AuditorError) || !passing.has(thrown.code)) throw thrown
      const waitMs = Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(failures, 16))
      onFailure(thrown, waitMs)
      await clock.sleep(waitMs, signal)
    }
  }
}
