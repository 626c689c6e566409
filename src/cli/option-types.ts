import { InvalidArgumentError } from 'commander'
import { parseMoment } from '../config/moment.ts'
import { parseDuration } from '../config/units.ts'
import { asError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import { wrongUsage } from './usage.ts'

/** Collects an option that may be given several times. */
export const several = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
]

/** `0`, `17`. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('expected a whole number, 0 or more')
  }
  return value
}

/** `30s`, `5m` -> milliseconds. */
export function duration(text: string): number {
  try {
    return parseDuration(text)
  } catch (thrown) {
    throw new InvalidArgumentError(asError(thrown).message)
  }
}

/**
 * `2h`, `2026-11-22`, `yesterday 09:00`: read in the action, for it depends on the time.
 *
 * @throws AuditorError `usage`
 */
export function moment(option: string, text: string, now: Nanoseconds): Nanoseconds {
  try {
    return parseMoment(text, now)
  } catch (thrown) {
    throw wrongUsage(`${option}: ${asError(thrown).message}`)
  }
}
