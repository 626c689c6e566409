import type { Nanoseconds } from '../model/time.ts'

const TIME_NANO = '"timeNano":'
const MAX_NANOS = String(2n ** 63n - 1n)
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The event's time from its own text. `timeNano` exceeds 2^53, so `JSON.parse` rounds it by up to
 * 128 ns; its digits are taken from the text instead. Without `timeNano` the seconds of `time`
 * count. `undefined` where neither is a whole number of 64 bits.
 *
 * @param line the JSON text, without blanks around it
 * @param parsed the same text, parsed
 */
export function exactTime(
  line: string,
  parsed: { readonly timeNano?: unknown; readonly time?: unknown },
): Nanoseconds | undefined {
  const { timeNano, time } = parsed
  if (typeof timeNano === 'number') {
    const digits = lastMember(line)
    if (digits !== undefined && isBelow64Bits(digits)) return BigInt(digits)
    return within64Bits(digits ?? onlyMember(line, timeNano) ?? sourceOf(line))
  }
  if (typeof timeNano === 'string') return within64Bits(timeNano)
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) return undefined
  return within64Bits(`${time}000000000`)
}

/**
 * The digits, where `"timeNano":<digits>}` ends the text: the last brace closes the event itself
 * and the last of equal names counts, so nothing inside can be mistaken for it. Docker's own form.
 */
function lastMember(line: string): string | undefined {
  const end = line.length - 1
  let start = end
  while (start > 0 && isDigit(line.charCodeAt(start - 1))) start--
  const name = start - TIME_NANO.length
  if (start === end || name < 1 || !line.startsWith(TIME_NANO, name)) return undefined
  return line.charCodeAt(name - 1) === BACKSLASH ? undefined : line.slice(start, end)
}

/** The digits, where the name stands once, the text has no escapes, and the number is the same. */
function onlyMember(line: string, parsed: number): string | undefined {
  const at = line.indexOf(TIME_NANO)
  if (at < 0 || line.includes('\\') || line.includes(TIME_NANO, at + 1)) return undefined
  const start = at + TIME_NANO.length
  let end = start
  while (isDigit(line.charCodeAt(end))) end++
  const next = line.charCodeAt(end)
  // Not part of a longer number, and not followed by a quote.
  if (end === start || next === QUOTE) return undefined
  const digits = line.slice(start, end)
  return Number(digits) === parsed ? digits : undefined
}

/** The digits for certain, in any layout, by parsing once more and asking for the number's text. */
function sourceOf(line: string): string | undefined {
  const sources = new Map<unknown, string>()
  const reviver = function (
    this: unknown,
    key: string,
    value: unknown,
    context?: { readonly source?: string },
  ): unknown {
    if (key === 'timeNano' && context?.source !== undefined) sources.set(this, context.source)
    return value
  }
  return sources.get(JSON.parse(line, reviver))
}

function isBelow64Bits(digits: string): boolean {
  return (
    digits.length < MAX_NANOS.length || (digits.length === MAX_NANOS.length && digits <= MAX_NANOS)
  )
}

function within64Bits(digits: string | undefined): Nanoseconds | undefined {
  if (digits === undefined || !/^-?\d{1,19}$/.test(digits)) return undefined
  const value = BigInt(digits)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
