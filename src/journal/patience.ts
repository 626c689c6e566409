import type { Clock } from '../actors/clock.ts'
import { AuditorError, type ErrorCode } from '../model/errors.ts'

/** What passes by itself, or when somebody sees to the disk: no bug, and no reason to end. */
const PASSING: readonly ErrorCode[] = ['journal-full', 'journal-unusable']

const MIN_DELAY_MS = 100
const MAX_DELAY_MS = 5_000

/**
 * Asks the journal again and again, for ever with backoff, while its disk is full or does not work
 * or another process holds it. Any other failure is thrown, and so is the signal's reason.
 *
 * @param codes of errors that are waited for
 * @param onFailure called before each wait
 */
export async function whileJournalFails<T>(
  ask: () => Promise<T>,
  parts: {
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly onFailure: (error: AuditorError) => void | Promise<void>
    readonly codes?: readonly ErrorCode[]
  },
): Promise<T> {
  const { clock, signal, onFailure, codes = PASSING } = parts
  for (let failures = 0; ; failures++) {
    try {
      return await ask()
    } catch (thrown) {
      if (!(thrown instanceof AuditorError) || !codes.includes(thrown.code)) throw thrown
      const waitMs = Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(failures, 16))
      await onFailure(thrown)
      await clock.sleep(waitMs, signal)
    }
  }
}
