import type { Clock } from '../actors/clock.ts'

/** Ctrl-C reaches a process twice where a parent (npm, `timeout`) passes on what it got itself. */
const SAME_SIGNAL_MS = 300

/**
 * The first SIGINT or SIGTERM asks to end; a second one, not sooner than 300 ms after it, ends the
 * process at once (130, 143).
 */
export function watchSignals(clock: Pick<Clock, 'monotonic'>): {
  readonly signal: AbortSignal
  /** What a process exits with that gives up at the first signal. */
  readonly exitCode: number
  dispose(): void
} {
  const controller = new AbortController()
  let first: number | undefined
  let exitCode = 130
  const onSignal = (name: NodeJS.Signals): void => {
    first ??= clock.monotonic()
    exitCode = name === 'SIGINT' ? 130 : 143
    if (!controller.signal.aborted) controller.abort(new Error(`ended by ${name}`))
    else if (clock.monotonic() - first >= SAME_SIGNAL_MS) {
      process.exit(exitCode)
    }
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    dispose: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  }
}
