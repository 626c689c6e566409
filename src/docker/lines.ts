/**
 * Bytes in any chunking -> lines of text. A line ends with LF, CR LF or at the record separator of
 * RFC 7464 (0x1E), which no JSON text may hold raw; blank lines are nothing. Because none of these
 * bytes occurs inside a UTF-8 character, cutting at bytes never cuts one; invalid bytes become
 * U+FFFD.
 *
 * Bound: at most `maxLineBytes` of an unfinished line are kept. A longer line is passed over
 * without being kept, and told by `onTooLong` with its head.
 */
export interface LineSplitter {
  write(chunk: Uint8Array): void
  /** No more bytes come: tells an unfinished line through `onRest`. */
  end(): void
}

export interface LineSplitterOptions {
  readonly maxLineBytes: number
  /** One line, without blanks around it. */
  readonly onLine: (text: string, bytes: number) => void
  /** Called once the whole line has passed. */
  readonly onTooLong: (head: string, bytes: number) => void
  /** What stood after the last line end. */
  readonly onRest: (text: string, bytes: number) => void
}

const LF = 0x0a
const RECORD_SEPARATOR = 0x1e
const HEAD_BYTES = 2048
/** An unfinished line keeps its room for the next one up to here. */
const KEPT_ROOM = 65_536

export function createLineSplitter(options: LineSplitterOptions): LineSplitter {
  const { maxLineBytes } = options
  const headBytes = Math.min(HEAD_BYTES, maxLineBytes)
  let kept = Buffer.allocUnsafeSlow(0)
  let length = 0
  /** The head of a line that is being passed over. */
  let tooLong: Buffer | undefined

  function keep(bytes: Buffer, from: number, to: number): void {
    const total = length + to - from
    if (tooLong === undefined && total <= maxLineBytes) {
      if (total > kept.length) {
        const roomier = Buffer.allocUnsafeSlow(
          Math.min(maxLineBytes, Math.max(total, kept.length * 2, 1024)),
        )
        kept.copy(roomier, 0, 0, length)
        kept = roomier
      }
      bytes.copy(kept, length, from, to)
    } else {
      tooLong ??= Buffer.concat([
        kept.subarray(0, Math.min(length, headBytes)),
        bytes.subarray(from, Math.min(to, from + headBytes)),
      ]).subarray(0, headBytes)
    }
    length = total
  }

  function forget(): void {
    length = 0
    tooLong = undefined
    if (kept.length > KEPT_ROOM) kept = Buffer.allocUnsafeSlow(0)
  }

  function tellKept(onText: (text: string, bytes: number) => void): void {
    if (tooLong === undefined) tell(kept, 0, length, onText)
    else options.onTooLong(tooLong.toString('utf8'), length)
    forget()
  }

  function finish(bytes: Buffer, from: number, to: number): void {
    if (length === 0 && to - from <= maxLineBytes) {
      tell(bytes, from, to, options.onLine)
    } else {
      keep(bytes, from, to)
      tellKept(options.onLine)
    }
  }

  return {
    write(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let start = 0
      let lineEnd = bytes.indexOf(LF)
      let separator = bytes.indexOf(RECORD_SEPARATOR)
      while (lineEnd >= 0 || separator >= 0) {
        if (separator < 0 || (lineEnd >= 0 && lineEnd < separator)) {
          finish(bytes, start, lineEnd)
          start = lineEnd + 1
          lineEnd = bytes.indexOf(LF, start)
        } else {
          finish(bytes, start, separator)
          start = separator + 1
          separator = bytes.indexOf(RECORD_SEPARATOR, start)
        }
      }
      if (start < bytes.length) keep(bytes, start, bytes.length)
    },
    end() {
      if (length > 0) tellKept(options.onRest)
    },
  }
}

function tell(
  bytes: Buffer,
  from: number,
  to: number,
  onText: (text: string, bytes: number) => void,
): void {
  let start = from
  let end = to
  while (start < end && isBlank(bytes[start]!)) start++
  while (start < end && isBlank(bytes[end - 1]!)) end--
  if (start < end) onText(bytes.toString('utf8', start, end), end - start)
}

/** JSON's blanks: space, tab, LF, CR. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === LF || byte === 0x0d
}
