import type { Clock } from '../actors/clock.ts'
import type { Terminal } from './streams.ts'

/** What stands on stderr while nothing is found, where that is a terminal; gone before the next line. */
export interface ScanNote {
  /** @param part of all that is looked through, 0 to 1 */
  update(part: number): void
  clear(): void
}

/** Nothing is said of what is quicker. */
const AFTER_MS = 500
const EVERY_MS = 200
const CLEARED = '\r\u001B[K'

export function createScanNote({ stderr }: Terminal, clock: Clock): ScanNote {
  const begun = clock.monotonic()
  let next = begun + AFTER_MS
  let isShown = false
  return {
    update(part) {
      const now = clock.monotonic()
      if (stderr.isTTY !== true || now < next) return
      next = now + EVERY_MS
      isShown = true
      const percent = Math.min(99, Math.max(0, Math.floor(100 * part)))
      stderr.write(`${CLEARED}looking through the journal: ${percent} %`)
    },
    clear() {
      if (isShown) stderr.write(CLEARED)
      isShown = false
    },
  }
}
