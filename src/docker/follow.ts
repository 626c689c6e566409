import type { Clock } from '../actors/clock.ts'
import type { DockerEvent } from '../model/docker-event.ts'
import { asError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createDecoder, type BadLine } from './decode.ts'
import type { EventSource } from './port.ts'

/** How following a stream came to its end. */
export type Ending =
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'silent' }
  | { readonly kind: 'stopped' }

export interface FollowOptions {
  readonly source: EventSource
  readonly since: Nanoseconds
  readonly clock: Clock
  /** Without a byte for so long the stream is given up, for proxies may cut it without telling. */
  readonly silenceMs: number
  /** The same before the first byte. */
  readonly beginsWithinMs: number
  readonly maxLineBytes: number
  readonly signal: AbortSignal
  /** The stream was asked for; the signal is aborted when it ends. */
  readonly onOpen: (inStream: AbortSignal) => void
  readonly onBytes: () => void
  readonly onEvent: (event: DockerEvent) => void
  readonly onBad: (line: BadLine) => void
}

/**
 * Reads an engine's stream to its end. P7: the loop does nothing but decode and hand over, so the
 * engine never waits. Rejects only with what the callbacks throw.
 */
export async function follow(options: FollowOptions): Promise<Ending> {
  const { source, since, clock, maxLineBytes, signal } = options
  let silenceMs = options.beginsWithinMs
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal.reason)
  if (signal.aborted) return { kind: 'stopped' }
  signal.addEventListener('abort', onAbort, { once: true })

  let silent = false
  let lastBytes = clock.monotonic()
  let cancel = (): void => undefined
  const watch = (): void => {
    const left = lastBytes + silenceMs - clock.monotonic()
    if (left > 0) {
      cancel = clock.after(left, watch)
    } else {
      silent = true
      controller.abort(new Error(`no byte for ${silenceMs} ms`))
    }
  }

  const { onEvent, onBad } = options
  const decoder = createDecoder({ maxLineBytes, onEvent, onBad })
  const stream = source.open({ since, signal: controller.signal })[Symbol.asyncIterator]()

  /** What the connection says next; its errors are endings, unlike those of the callbacks. */
  async function next(): Promise<Uint8Array | Ending> {
    try {
      const { done, value } = await stream.next()
      return done === true ? { kind: 'ended' } : value
    } catch (error) {
      if (signal.aborted) return { kind: 'stopped' }
      return silent ? { kind: 'silent' } : { kind: 'failed', error: asError(error) }
    }
  }

  try {
    watch()
    let coming = next()
    options.onOpen(controller.signal)
    for (;;) {
      const came = await coming
      if (!(came instanceof Uint8Array)) {
        decoder.end()
        return came.kind === 'ended' && signal.aborted ? { kind: 'stopped' } : came
      }
      lastBytes = clock.monotonic()
      silenceMs = options.silenceMs
      options.onBytes()
      decoder.write(came)
      coming = next()
    }
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
    controller.abort(new Error('the stream has ended'))
  }
}
