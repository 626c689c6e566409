import { formatNanos, millisFromNanos, type Nanoseconds } from '../model/time.ts'

/** `14:02:10.902`: the local time of day. */
export const localClock = (time: Nanoseconds): string => parts(time)?.[1] ?? formatNanos(time)

/** `2026-11-22 14:02:10.902`, local, as it may be typed after --since. */
export const localMoment = (time: Nanoseconds): string =>
  parts(time)?.join(' ') ?? formatNanos(time)

/** `undefined` for times no calendar has. */
function parts(time: Nanoseconds): readonly [date: string, clock: string] | undefined {
  const at = new Date(millisFromNanos(time))
  if (Number.isNaN(at.getTime())) return undefined
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  return [date, `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`]
}
