import { AuditorError } from '../model/errors.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import { parseDuration } from './units.ts'

const EXPECTED =
  'a time such as 2026-11-22, "2026-11-22 09:00", 2026-11-22T09:00:00Z, 2h (ago), yesterday, "yesterday 09:00", now or seconds since 1970'

const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`
const CLOCK = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`
const DATE_TIME = new RegExp(`^${DATE}(?:[T ]${CLOCK} ?(Z|[+-]\\d{2}:\\d{2})?)?$`, 'i')
const DAY_TIME = new RegExp(`^(today|yesterday)(?: ${CLOCK})?$`, 'i')
const UNIX = /^(\d{1,12})(?:\.(\d{1,9}))?$/
const AGO = /^([\d.a-z]+?)(?: ago)?$/i

/**
 * When a person means: RFC 3339, a date, a date and time, `today`, `yesterday 09:00`, `now`, `2h` or
 * `2h ago` (both: that long before now), seconds since the epoch with up to nine digits of fraction.
 * What names no zone is in the local one (`TZ`); a time that does not exist there because the clock
 * was put forward is taken as that much later, one that exists twice as the first.
 *
 * @param now nanoseconds since the epoch
 * @throws AuditorError `usage`
 */
export function parseMoment(text: string, now: Nanoseconds): Nanoseconds {
  const wanted = text.trim()
  if (wanted.toLowerCase() === 'now') return now
  const dated = DATE_TIME.exec(wanted)
  if (dated !== null) return fromDate(dated, text)
  const day = DAY_TIME.exec(wanted)
  if (day !== null) return fromDay(day, now, text)
  const unix = UNIX.exec(wanted)
  if (unix !== null) return fromParts(BigInt(unix[1]!), unix[2])
  if (AGO.test(wanted)) return now - nanosFromMillis(parseAgo(wanted, text))
  throw failure(text, 'not one of these forms')
}

/** Whether what it says depends on when it is read. Of a text that `parseMoment` can read. */
export function isRelativeMoment(text: string): boolean {
  const wanted = text.trim()
  return !DATE_TIME.test(wanted) && !UNIX.test(wanted)
}

function fromDate(match: RegExpExecArray, text: string): Nanoseconds {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction, zone] = match
  const date = [Number(year), Number(month) - 1, Number(day)] as const
  const clock = [Number(hour), Number(minute), Number(second)] as const
  const midnight = new Date(Date.UTC(...date))
  if (date[0] < 1000 || midnight.getUTCMonth() !== date[1] || midnight.getUTCDate() !== date[2])
    throw failure(text, `there is no day ${year}-${month}-${day}`)
  checkClock(clock, text)
  const millis =
    zone === undefined
      ? new Date(...date, ...clock).getTime()
      : Date.UTC(...date, ...clock) - zoneMillis(zone, text)
  return fromParts(BigInt(millis / 1000), fraction)
}

function fromDay(match: RegExpExecArray, now: Nanoseconds, text: string): Nanoseconds {
  const [, word, hour = '0', minute = '0', second = '0', fraction] = match
  const clock = [Number(hour), Number(minute), Number(second)] as const
  checkClock(clock, text)
  const today = new Date(Number(now / 1_000_000n))
  const day = today.getDate() - (word!.toLowerCase() === 'yesterday' ? 1 : 0)
  const millis = new Date(today.getFullYear(), today.getMonth(), day, ...clock).getTime()
  return fromParts(BigInt(millis / 1000), fraction)
}

function parseAgo(wanted: string, text: string): number {
  const duration = wanted.replace(/ ago$/i, '')
  try {
    return parseDuration(duration)
  } catch (error) {
    throw new AuditorError('usage', failure(text, 'not one of these forms').message, {
      cause: error,
    })
  }
}

function checkClock([hour, minute, second]: readonly [number, number, number], text: string): void {
  if (hour > 23 || minute > 59 || second > 59)
    throw failure(text, 'hours go to 23, minutes and seconds to 59')
}

/** `+01:30` -> how many ms local time there is ahead of UTC. */
function zoneMillis(zone: string, text: string): number {
  if (zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 23 || minutes > 59) throw failure(text, `impossible zone ${zone}`)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function fromParts(seconds: bigint, fraction = ''): Nanoseconds {
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

function failure(text: string, why: string): AuditorError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text
  return new AuditorError('usage', `expected ${EXPECTED}; got ${JSON.stringify(shown)}: ${why}`)
}
