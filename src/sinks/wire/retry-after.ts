/** A peer that asks for more is asked again after an hour: a slip must not hold the sink for days. */
const LONGEST_MS = 3_600_000

/**
 * `Retry-After` in ms: whole seconds or an HTTP date (RFC 9110, 10.2.3). `undefined` for anything
 * else, and for a moment that has passed.
 *
 * @param now milliseconds since the epoch
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string') return undefined
  const text = header.trim()
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return wait > 0 ? Math.min(wait, LONGEST_MS) : undefined
}
