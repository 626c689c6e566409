import type { ErrorCode } from '../model/errors.ts'

/** What the process says to its caller; documented in docs/cli.md and tested. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  configInvalid: 3,
  engineUnreachable: 4,
  sinkUnreachable: 5,
  undelivered: 6,
  verificationFailed: 7,
  /** With `--exit-code`: something matched. */
  matched: 10,
} as const

export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'usage':
      return exitCodes.usage
    case 'config-invalid':
      return exitCodes.configInvalid
    case 'engine-unreachable':
      return exitCodes.engineUnreachable
    case 'sink-unreachable':
      return exitCodes.sinkUnreachable
    case 'undelivered':
      return exitCodes.undelivered
    case 'journal-locked':
    case 'journal-newer':
    case 'journal-unusable':
    case 'journal-full':
    case 'trace-invalid':
    case 'failed':
      return exitCodes.failed
  }
}
