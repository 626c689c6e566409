import type { Clock } from '../actors/clock.ts'

/**
 * What an engine holds for one reader, as moby/pubsub does: so many slots; who finds none free
 * waits, in order, for at most `waitMs`, and then goes on without: that value is lost for this
 * reader, and nobody tells it.
 */
export interface Slots<T> {
  /** Puts the value into a slot, or lets it wait for one. */
  offer(value: T): void
  /** Frees a slot, and the first who waits takes it. */
  take(): T | undefined
  /** Values in slots; those that wait are not among them. */
  readonly size: number
  clear(): void
}

export interface SlotsOptions<T> {
  readonly slots: number
  readonly waitMs: number
  readonly clock: Pick<Clock, 'monotonic' | 'after'>
  /** It waited long enough. */
  readonly onDrop: (value: T) => void
}

export function createSlots<T>(options: SlotsOptions<T>): Slots<T> {
  const { slots, waitMs, clock, onDrop } = options
  const held: T[] = []
  const waiting: { readonly value: T; readonly until: number }[] = []
  let cancel: (() => void) | undefined

  /** Everybody waits equally long, so the first in the row is always the next to give up. */
  function giveUp(): void {
    cancel = undefined
    const now = clock.monotonic()
    while (waiting.length > 0 && waiting[0]!.until <= now) onDrop(waiting.shift()!.value)
    if (waiting.length > 0) cancel = clock.after(waiting[0]!.until - now, giveUp)
  }

  return {
    get size() {
      return held.length
    },
    offer(value) {
      if (held.length < slots) {
        held.push(value)
        return
      }
      waiting.push({ value, until: clock.monotonic() + waitMs })
      cancel ??= clock.after(waitMs, giveUp)
    },
    take() {
      const first = held.shift()
      const next = first === undefined ? undefined : waiting.shift()
      if (next !== undefined) held.push(next.value)
      return first
    },
    clear() {
      cancel?.()
      cancel = undefined
      held.length = 0
      waiting.length = 0
    },
  }
}
