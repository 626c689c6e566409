import type { OpenAlert } from './open-alert.ts'

/** The first time what happened; later how often it did since. */
export function saidOfMatch({ isTold, matches, untold, message }: OpenAlert): string {
  if (!isTold) return matches === 1 ? message : `${matches} times, the last: ${message}`
  return `still: ${untold} more (${matches} in all), the last: ${message}`
}

/** @param why empty where it was quiet for long enough */
export function saidOfEnd({ matches }: OpenAlert, why: string): string {
  const times = matches === 1 ? 'once' : `${matches} times`
  return `${why === '' ? 'quiet again' : why} (matched ${times})`
}
