import type { Clock } from '../actors/clock.ts'

export interface CircuitOptions {
  /** So many deadlines in a row open it. Default 5. */
  readonly deadlines?: number
  /** How long it stays open before one question is let through, in ms. Default 10 s. */
  readonly openMs?: number
  readonly clock: Pick<Clock, 'monotonic'>
}

/**
 * Keeps a sick engine from being asked: after several deadlines in a row nothing is asked for a
 * while (open), then one question tries whether it answers again (half open).
 */
export interface Circuit {
  /** Whether a question may be asked now; a yes must be followed by `answered` or `failed`. */
  allows(): boolean
  /** The engine answered, whatever it said. */
  answered(): void
  /** The deadline passed, or (`deadline` false) the question failed otherwise. */
  failed(deadline: boolean): void
}

export function createCircuit(options: CircuitOptions): Circuit {
  const { deadlines = 5, openMs = 10_000, clock } = options
  let inARow = 0
  /** Set while open: when the next try may be made. */
  let tryAt: number | undefined

  return {
    allows() {
      if (tryAt === undefined) return true
      const now = clock.monotonic()
      if (now < tryAt) return false
      tryAt = now + openMs // the others wait for what this one finds
      return true
    },
    answered() {
      inARow = 0
      tryAt = undefined
    },
    failed(deadline) {
      if (deadline) inARow++
      if (inARow >= deadlines) tryAt = clock.monotonic() + openMs
    },
  }
}
