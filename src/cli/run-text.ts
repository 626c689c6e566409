import type { RunRow } from '../lives/run-row.ts'
import { signalName } from '../model/signals.ts'
import { lengthText, type Nanoseconds } from '../model/time.ts'

/** How long it ran, or runs; empty where its start is not known. */
export function lastedOf(run: RunRow, now: Nanoseconds): string {
  const { startedAt, endedAt } = run
  if (startedAt === undefined) return ''
  return lengthText((endedAt ?? now) - startedAt)
}

/** `running`, `paused`, or its cause; with a question mark while that is not settled. */
export function stateOf(run: RunRow): string {
  if (run.cause === undefined) return run.pausedAt === undefined ? 'running' : 'paused'
  return run.isSettled ? run.cause : `${run.cause}?`
}

/** `137 (SIGKILL)`. */
export function exitText({ exitCode, signal, endedAt }: RunRow): string {
  if (exitCode === undefined) return endedAt === undefined ? '' : '?'
  return signal !== undefined && exitCode === 128 + signal
    ? `${exitCode} (${signalName(signal)})`
    : String(exitCode)
}

/** `12m ago`. */
export const ago = (time: Nanoseconds, now: Nanoseconds): string =>
  now - time < 1_000_000_000n ? 'just now' : `${lengthText(now - time)} ago`
