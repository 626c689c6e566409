/**
 * A bounded queue of messages with one reader. Order is kept; nothing is dropped: a full mailbox
 * refuses (`tell` says false) or makes the sender wait (`put`).
 */
export interface Mailbox<M> {
  readonly size: number
  readonly capacity: number
  /** Leaves a message without waiting; false when the mailbox is full or closed. */
  tell(message: M): boolean
  /** Leaves a message, waiting for room. Rejects when the signal is aborted or the mailbox closed. */
  put(message: M, signal?: AbortSignal): Promise<void>
  /** The oldest message, waiting for one; `undefined` once closed and empty. Rejects on abort. */
  take(signal?: AbortSignal): Promise<M | undefined>
  /** The oldest message, if there is one. */
  poll(): M | undefined
  /** No more messages come in; those inside can still be taken. */
  close(): void
}

interface Waiter {
  readonly wake: () => void
}

/** @param capacity at least 1 */
export function createMailbox<M>(capacity: number): Mailbox<M> {
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`mailbox capacity must be a positive integer, got ${capacity}`)
  }
  const messages: M[] = []
  const readers: Waiter[] = []
  const writers: Waiter[] = []
  let closed = false

  const wakeOne = (waiters: Waiter[]): void => waiters.shift()?.wake()

  function wait(waiters: Waiter[], signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const onAbort = (): void => {
        const at = waiters.indexOf(waiter)
        if (at >= 0) waiters.splice(at, 1)
        reject(signal!.reason as Error)
      }
      const waiter: Waiter = {
        wake: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      waiters.push(waiter)
    })
  }

  const poll = (): M | undefined => {
    if (messages.length === 0) return undefined
    const message = messages.shift()
    wakeOne(writers)
    return message
  }

  const tell = (message: M): boolean => {
    if (closed || messages.length >= capacity) return false
    messages.push(message)
    wakeOne(readers)
    return true
  }

  return {
    capacity,
    get size() {
      return messages.length
    },
    tell,
    poll,
    async put(message, signal) {
      signal?.throwIfAborted()
      // A sender that waits already goes first, so that order is kept.
      if (writers.length === 0 && tell(message)) return
      for (;;) {
        if (closed) throw new Error('mailbox is closed')
        await wait(writers, signal)
        if (tell(message)) {
          if (messages.length < capacity) wakeOne(writers)
          return
        }
      }
    },
    async take(signal) {
      signal?.throwIfAborted()
      while (messages.length === 0) {
        if (closed) return undefined
        await wait(readers, signal)
      }
      return poll()
    },
    close() {
      closed = true
      for (const waiter of [...readers.splice(0), ...writers.splice(0)]) waiter.wake()
    },
  }
}
