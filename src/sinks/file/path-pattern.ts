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
