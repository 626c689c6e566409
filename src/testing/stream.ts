import type { Clock } from '../actors/clock.ts'
import type { SentEvent } from './event.ts'
import { createSlots } from './slots.ts'

/** What carries an engine's words to one reader. */
export interface Transport {
  /** Takes the text in any case; false: it is full, and nothing more is sent until `drained`. */
  write(text: string): boolean
  /** The engine has no more to say. */
  end(): void
  /** The connection is gone without an end. */
  cut(): void
}

/** One open event stream, as its engine sees it. */
export interface EngineStream {
  offer(event: SentEvent): void
  /** Text that is no event: past the slots, at once. */
  sendRaw(text: string): void
  /** The transport can take more; the first call begins it. */
  drained(): void
  /** The end, once the reader has what is written already. */
  end(): void
  cut(): void
  /** The reader is gone. */
  close(): void
}

export interface StreamOptions {
  readonly transport: Transport
  /** Sent before anything live, past the slots, as fast as the reader takes it. */
  readonly history: readonly SentEvent[]
  readonly shape: (event: SentEvent) => string
  readonly slots: number
  readonly waitMs: number
  /** A proxy in between cuts the stream after so long without a word. */
  readonly idleMs: number | undefined
  readonly clock: Pick<Clock, 'monotonic' | 'after'>
  readonly onDrop: (event: SentEvent) => void
  /** It is over, from whichever side. */
  readonly onOver: () => void
}

/**
 * Docker's handler of one stream: writes the history, then takes one event after the other from the
 * slots and writes it; while a write does not come back, the slots fill.
 */
export function openStream(options: StreamOptions): EngineStream {
  const { transport, shape, clock, idleMs, onOver } = options
  const slots = createSlots(options)
  const history = [...options.history]
  let isFull = false
  let isEnding = false
  let isOver = false
  let cancelIdle = (): void => undefined

  function close(): void {
    isOver = true
    cancelIdle()
    slots.clear()
    onOver()
  }

  function over(how: 'end' | 'cut'): void {
    if (isOver) return
    close()
    transport[how]()
  }

  function watchIdle(): void {
    if (idleMs === undefined) return
    cancelIdle()
    cancelIdle = clock.after(idleMs, () => over('cut'))
  }

  function write(): void {
    if (isOver) return
    while (!isFull) {
      const event = history.shift() ?? (isEnding ? undefined : slots.take())
      if (event === undefined) break
      isFull = !transport.write(`${shape(event)}\n`)
      watchIdle()
    }
    if (isEnding && !isFull) over('end')
  }

  return {
    offer(event) {
      if (isOver) return
      slots.offer(event)
      write()
    },
    sendRaw(text) {
      if (!isOver) transport.write(text)
    },
    drained() {
      isFull = false
      write()
    },
    end() {
      isEnding = true
      write()
    },
    cut: () => over('cut'),
    close,
  }
}
