import { dirname, normalize } from 'node:path'
import { formatNanos, type Nanoseconds } from '../../model/time.ts'

/** Where a part of the time stands in RFC 3339. */
const parts: { readonly [letter: string]: readonly [from: number, to: number] } = {
  Y: [0, 4],
  m: [5, 7],
  d: [8, 10],
  H: [11, 13],
}

/** The first `%x` that means nothing. */
export function unknownPattern(path: string): string | undefined {
  for (const [pattern, letter] of path.matchAll(/%(.?)/gs)) {
    if (letter !== '%' && !Object.hasOwn(parts, letter!)) return pattern
  }
  return undefined
}

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
  const source = whole.replaceAll(/%(.)|[^%]+/gs, (text, letter: string | undefined) =>
    letter === undefined
      ? RegExp.escape(text)
      : letter === '%'
        ? '%'
        : String.raw`\d{${parts[letter]![1] - parts[letter]![0]}}`,
  )
  const pattern = new RegExp(`^${source}$`)
  return {
    base,
    isDeep: dirname(whole) !== base,
    matches: (candidate) => pattern.test(normalize(candidate)),
  }
}

const NANOS_PER_HOUR = 3_600_000_000_000n

/** The path for a moment, in UTC. The same hour has the same path, so it is put together once. */
export function compilePath(path: string): (time: Nanoseconds) => string {
  if (!path.includes('%')) return () => path
  let hour: Nanoseconds | undefined
  let latest = ''
  return (time) => {
    if (time / NANOS_PER_HOUR === hour) return latest
    hour = time / NANOS_PER_HOUR
    const text = formatNanos(time)
    latest = path.replaceAll(/%(.)/gs, (_, letter: string) =>
      letter === '%' ? '%' : text.slice(...parts[letter]!),
    )
    return latest
  }
}
