import { formatNanos, type Nanoseconds } from '../model/time.ts'

/** Where a part of the time stands in RFC 3339. */
const parts: { readonly [letter: string]: readonly [from: number, to: number] } = {
  Y: [0, 4],
  m: [5, 7],
  d: [8, 10],
  H: [11, 13],
}

/** The first `%x` that means nothing. */
export function unknownPattern(text: string): string | undefined {
  for (const [pattern, letter] of text.matchAll(/%(.?)/gs)) {
    if (letter !== '%' && !Object.hasOwn(parts, letter!)) return pattern
  }
  return undefined
}

/** What is wrong with a text that has an unknown pattern. */
export const patternError = (text: string): string =>
  `unknown pattern ${unknownPattern(text)}: there are %Y, %m, %d, %H and %%`

/** A text with patterns as something else: each part of the time by its digits, the rest as it is. */
export function mapPattern(
  text: string,
  ofTime: (digits: number, letter: string) => string,
  ofRest: (rest: string) => string = (rest) => rest,
): string {
  return text.replaceAll(/%(.)|[^%]+/gs, (rest, letter: string | undefined) => {
    if (letter === undefined) return ofRest(rest)
    if (letter === '%') return ofRest('%')
    const [from, to] = parts[letter]!
    return ofTime(to - from, letter)
  })
}

const NANOS_PER_HOUR = 3_600_000_000_000n

/** The text for a moment, in UTC. The same hour has the same text, so it is put together once. */
export function compilePattern(text: string): (time: Nanoseconds) => string {
  if (!text.includes('%')) return () => text
  let hour: Nanoseconds | undefined
  let latest = ''
  return (time) => {
    if (time / NANOS_PER_HOUR === hour) return latest
    hour = time / NANOS_PER_HOUR
    const moment = formatNanos(time)
    latest = mapPattern(text, (_, letter) => moment.slice(...parts[letter]!))
    return latest
  }
}
