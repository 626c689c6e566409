import { dirname, normalize } from 'node:path'
import { mapPattern } from '../time-pattern.ts'

/** Where the files of a path with patterns are, and which they are. */
export function patternOf(path: string): {
  /** The folder that holds all of them. */
  readonly base: string
  /** Patterns stand in folders too. */
  readonly isDeep: boolean
  readonly matches: (path: string) => boolean
} {
  const whole = normalize(path)
  const [fixed = ''] = whole.split('%', 1)
  const base = fixed === whole ? dirname(whole) : dirname(`${fixed}x`)
  const source = mapPattern(
    whole,
    (digits) => String.raw`\d{${digits}}`,
    (rest) => RegExp.escape(rest),
  )
  const pattern = new RegExp(`^${source}$`)
  return {
    base,
    isDeep: dirname(whole) !== base,
    matches: (candidate) => pattern.test(normalize(candidate)),
  }
}
