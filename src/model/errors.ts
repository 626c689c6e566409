/** Stable codes of the errors this project throws; each maps to an exit code in `cli/`. */
export type ErrorCode =
  | 'usage'
  | 'config-invalid'
  | 'engine-unreachable'
  | 'sink-unreachable'
  | 'undelivered'
  | 'journal-locked'
  | 'journal-newer'
  | 'journal-unusable'
  | 'journal-full'
  | 'trace-invalid'
  | 'failed'

/**
 * The one error class of this project. Thrown for bad configuration, wrong usage and broken
 * surroundings; expected outcomes are values (`Delivery`, `Gap`) and never thrown.
 *
 * @param code stable, for programs
 * @param message names the thing and the cure, for people; never holds a secret
 */
export class AuditorError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'AuditorError'
    this.code = code
  }
}

/** Any thrown value as an Error, so that its message can be shown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
