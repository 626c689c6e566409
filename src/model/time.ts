/**
 * Nanoseconds since the epoch, exact. Docker's `timeNano` exceeds 2^53, so a JavaScript number
 * would lose its last digits; in JSON it is decimal text.
 */
export type Nanoseconds = bigint

const NANOS_PER_SECOND = 1_000_000_000n
const NANOS_PER_MILLI = 1_000_000n

export const nanosFromMillis = (millis: number): Nanoseconds =>
  BigInt(Math.trunc(millis)) * NANOS_PER_MILLI

export const millisFromNanos = (nanos: Nanoseconds): number => Number(nanos / NANOS_PER_MILLI)

/** `2026-11-22T14:49:26.756087667Z`: RFC 3339 in UTC, always nine digits after the point. */
export function formatNanos(nanos: Nanoseconds): string {
  let seconds = nanos / NANOS_PER_SECOND
  let rest = nanos % NANOS_PER_SECOND
  if (rest < 0n) {
    seconds -= 1n
    rest += NANOS_PER_SECOND
  }
  const millis = Number(seconds) * 1000
  if (!Number.isFinite(millis) || Math.abs(millis) > 8_640_000_000_000_000) return `${nanos}ns`
  return `${new Date(millis).toISOString().slice(0, -5)}.${String(rest).padStart(9, '0')}Z`
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/i

/** RFC 3339 with up to nine digits of a second; `undefined` where the text is anything else. */
export function parseNanos(text: string): Nanoseconds | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const millis = Date.parse(`${match[1]!.replace(' ', 'T')}${match[3]!.toUpperCase()}`)
  if (Number.isNaN(millis)) return undefined
  return nanosFromMillis(millis) + BigInt((match[2] ?? '').padEnd(9, '0'))
}

const UNITS = [
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
] as const

/** A length of time for people, in its two largest units: `4h 12m`, `8.1s`, `35ms`. */
export function lengthText(nanos: Nanoseconds): string {
  if (nanos < 0n) return `-${lengthText(-nanos)}`
  if (nanos < 1_000_000_000n) return `${nanos / 1_000_000n}ms`
  if (nanos < 60_000_000_000n) {
    const tenths = nanos / 100_000_000n
    return tenths % 10n === 0n ? `${tenths / 10n}s` : `${tenths / 10n}.${tenths % 10n}s`
  }
  const at = UNITS.findIndex(([, size]) => nanos >= size)
  const [unit, size] = UNITS[at]!
  const [smaller, smallerSize] = UNITS[at + 1]!
  const rest = (nanos % size) / smallerSize
  return `${nanos / size}${unit}${rest === 0n ? '' : ` ${rest}${smaller}`}`
}
