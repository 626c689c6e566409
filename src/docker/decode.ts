import { eventView, type WireEvent } from '../model/entry-codec.ts'
import type { DockerEvent } from '../model/docker-event.ts'
import { exactTime } from './exact-time.ts'
import { createLineSplitter } from './lines.ts'

/**
 * Why a line is no event: longer than the limit, not JSON, JSON of another shape (an engine's error
 * message, for example), without a usable time, or cut off by the end of the bytes.
 */
type BadReason = 'too-long' | 'not-json' | 'not-an-event' | 'no-time' | 'cut-short'

export interface BadLine {
  readonly reason: BadReason
  /** Of the whole line. */
  readonly bytes: number
  /** The line, or the head of a long one; invalid bytes are U+FFFD. */
  readonly text: string
}

export interface Decoder {
  /** Tells every event and bad line that ends in this chunk, in order, before it returns. */
  write(chunk: Uint8Array): void
  /** No more bytes come: an unfinished line is told, as an event where it is a whole one. */
  end(): void
}

export interface DecoderOptions {
  /** A longer line is passed over without being kept. Default 1 MiB. */
  readonly maxLineBytes?: number
  readonly onEvent: (event: DockerEvent) => void
  readonly onBad: (bad: BadLine) => void
}

/**
 * Bytes of an engine's event stream, in any chunking -> events. Reads JSON lines and RFC 7464 JSON
 * sequences, keeps each event's own text and its exact time, and goes on after anything it can't
 * read. An event needs a `Type` and a time; whatever else is missing is empty.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  const { maxLineBytes = 1_048_576, onEvent, onBad } = options

  function decode(text: string, bytes: number, notJson: BadReason): void {
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      onBad({ reason: notJson, bytes, text })
      return
    }
    if (!isWireEvent(parsed)) {
      onBad({ reason: 'not-an-event', bytes, text })
      return
    }
    const time = exactTime(text, parsed)
    if (time === undefined) onBad({ reason: 'no-time', bytes, text })
    else onEvent(eventView(parsed, time, text))
  }

  return createLineSplitter({
    maxLineBytes,
    onLine: (text, bytes) => decode(text, bytes, 'not-json'),
    onRest: (text, bytes) => decode(text, bytes, 'cut-short'),
    onTooLong: (text, bytes) => onBad({ reason: 'too-long', bytes, text }),
  })
}

type TimedWireEvent = WireEvent & { readonly timeNano?: unknown; readonly time?: unknown }

function isWireEvent(parsed: unknown): parsed is TimedWireEvent {
  if (!isObject(parsed)) return false
  const { Type, Action, Actor, scope } = parsed
  if (typeof Type !== 'string' || Type === '') return false
  if (!isTextOrAbsent(Action) || !isTextOrAbsent(scope)) return false
  if (Actor === undefined || Actor === null) return true
  if (!isObject(Actor) || !isTextOrAbsent(Actor['ID'])) return false
  const attributes = Actor['Attributes']
  return attributes === undefined || attributes === null || isObject(attributes)
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string'
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
