import { inflateSync } from 'node:zlib'

/** A window as a server sees it. */
export interface SeenWindow {
  readonly size: number
  readonly compressed: boolean
  readonly events: readonly { readonly seq: number; readonly text: string }[]
}

/**
 * Reads what a lumberjack client says, straightforwardly and for itself: the windows that are there
 * whole, and what is left of the bytes.
 */
export function readWindows(bytes: Buffer): { windows: SeenWindow[]; rest: Buffer } {
  const windows: SeenWindow[] = []
  for (let at = 0; ;) {
    const next = readWindow(bytes, at)
    if (next === undefined) return { windows, rest: bytes.subarray(at) }
    windows.push(next.window)
    at = next.end
  }
}

function readWindow(bytes: Buffer, from: number) {
  if (bytes.length < from + 6) return undefined
  expectFrame(bytes, from, 'W')
  const size = bytes.readUInt32BE(from + 2)
  const events: { seq: number; text: string }[] = []
  let compressed = false
  let at = from + 6
  while (events.length < size) {
    if (bytes.length < at + 6) return undefined
    if (bytes[at + 1] === 'C'.charCodeAt(0)) {
      expectFrame(bytes, at, 'C')
      const end = at + 6 + bytes.readUInt32BE(at + 2)
      if (bytes.length < end) return undefined
      compressed = true
      const inner = inflateSync(bytes.subarray(at + 6, end))
      for (let inside = 0; inside < inner.length;) {
        const event = readEvent(inner, inside)!
        events.push(event)
        inside = event.end
      }
      at = end
      continue
    }
    const event = readEvent(bytes, at)
    if (event === undefined) return undefined
    events.push(event)
    at = event.end
  }
  const seen = events.map(({ seq, text }) => ({ seq, text }))
  return { window: { size, compressed, events: seen }, end: at }
}

function readEvent(bytes: Buffer, at: number) {
  if (bytes.length < at + 10) return undefined
  expectFrame(bytes, at, 'J')
  const end = at + 10 + bytes.readUInt32BE(at + 6)
  if (bytes.length < end) return undefined
  return { seq: bytes.readUInt32BE(at + 2), text: bytes.toString('utf8', at + 10, end), end }
}

function expectFrame(bytes: Buffer, at: number, kind: string): void {
  const found = bytes.toString('latin1', at, at + 2)
  if (found !== `2${kind}`) throw new Error(`expected the frame 2${kind}, got ${found}`)
}

/** What a server says. */
export function ackOf(seq: number): Buffer {
  const ack = Buffer.from('2A0000')
  ack.writeUInt32BE(seq, 2)
  return ack
}
