import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const recorded = readFileSync(
  join(import.meta.dirname, '../../test/fixtures/traces/lifecycle/events.ndjson'),
  'utf8',
)
  .trimEnd()
  .split('\n')

/** Nanoseconds from one repetition of the recorded trace to the next. */
const shiftNs = 1_000_000_000_000n

/**
 * The recorded trace, again and again with later times, so that every line is an event of its own:
 * line `index` of that endless trace, without its newline.
 */
export function eventLine(index: number): string {
  const line = recorded[index % recorded.length]!
  const shift = BigInt(Math.floor(index / recorded.length)) * shiftNs
  if (shift === 0n) return line
  const time = BigInt(/"timeNano":(\d+)/.exec(line)![1]!) + shift
  return line
    .replace(/"timeNano":\d+/, `"timeNano":${time}`)
    .replace(/"time":\d+/, `"time":${time / 1_000_000_000n}`)
}

export function eventLines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => eventLine(from + index))
}

/** The lines as an engine sends them, in chunks of the size a socket gives. */
export function chunksOf(lines: readonly string[], chunkBytes = 65_536): Uint8Array[] {
  const bytes = Buffer.from(lines.join('\n') + '\n')
  const chunks: Uint8Array[] = []
  for (let from = 0; from < bytes.length; from += chunkBytes)
    chunks.push(bytes.subarray(from, from + chunkBytes))
  return chunks
}
