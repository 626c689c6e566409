import { systemClock, type Clock } from '../../../src/actors/clock.ts'

/** This machine's clock, but for the time of day, which the test puts forward and back. */
export interface SteppingClock extends Clock {
  step(ms: number): void
}

export function createSteppingClock(): SteppingClock {
  let offsetMs = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + offsetMs,
    nowNanos: () => systemClock.nowNanos() + BigInt(Math.round(offsetMs * 1e6)),
    step: (ms) => void (offsetMs += ms),
  }
}
