/** A queue of fixed size over one array: nothing moves when the oldest is taken. */
export interface Ring<T> {
  readonly size: number
  /** Puts a value at the end. Throws `RangeError` when the ring is full. */
  push(value: T): void
  /** Takes the oldest. */
  shift(): T | undefined
  /** Looks at a value: 0 is the oldest. */
  at(index: number): T | undefined
}

/** @param capacity at least 1 */
export function createRing<T>(capacity: number): Ring<T> {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`capacity must be a positive integer, got ${capacity}`)
  }
  const slots: (T | undefined)[] = []
  let head = 0
  let size = 0

  return {
    get size() {
      return size
    },
    push(value) {
      if (size === capacity) throw new RangeError('ring is full')
      slots[(head + size) % capacity] = value
      size++
    },
    shift() {
      if (size === 0) return undefined
      const value = slots[head]
      slots[head] = undefined
      head = (head + 1) % capacity
      size--
      return value
    },
    at: (index) => (index < 0 || index >= size ? undefined : slots[(head + index) % capacity]),
  }
}
