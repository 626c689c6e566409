import { formatNanos, type Nanoseconds } from '../../model/time.ts'

const NANOS_PER_SECOND = 1_000_000_000n
/** Most seconds remembered; then all are forgotten. */
const MOST_SECONDS = 256
const seconds = new Map<bigint, string>()

/**
 * The same text as `formatNanos`. A document has several times, and those of a container come again
 * with each of its entries, so the text of a second is put together once.
 */
export function instantOf(time: Nanoseconds): string {
  if (time < 0n) return formatNanos(time)
  const second = time / NANOS_PER_SECOND
  let head = seconds.get(second)
  if (head === undefined) {
    const text = formatNanos(time)
    if (!text.endsWith('Z')) return text
    head = text.slice(0, -10)
    if (seconds.size >= MOST_SECONDS) seconds.clear()
    seconds.set(second, head)
  }
  return `${head}${String(Number(time - second * NANOS_PER_SECOND)).padStart(9, '0')}Z`
}
