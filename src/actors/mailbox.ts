import { createRing } from './ring.ts'

/**
 * A bounded queue of messages with one reader. Messages come out in the order in which `tell` and
 * `put` were called; nothing is dropped: a full mailbox refuses (`tell` says false) or makes the
 * sender wait (`put`).
 */
export interface Mailbox<M> {
  readonly size: number
  readonly capacity: number
  /** Leaves a message without waiting; false when the mailbox is full or closed. */
  tell(message: M): boolean
  /**
   * Leaves a message, waiting for room. Rejects when the signal is aborted or the mailbox closed:
   * then the message was not left.
   */
  put(message: M, signal?: AbortSignal): Promise<void>
  /** The oldest message, waiting for one; `undefined` once closed and empty. Rejects on abort. */
  take(signal?: AbortSignal): Promise<M | undefined>
  /** The oldest message, if there is one. */
  poll(): M | undefined
  /** No more messages come in; those inside can still be taken. Waiting senders are refused. */
  close(): void
}

interface Waiter<V> {
  readonly settle: (value: V) => void
  readonly refuse: (error: Error) => void
}

interface Sender<M> extends Waiter<void> {
  readonly message: M
}

/**
 * Messages are handed over, waiters are not woken to look for themselves: whoever waits has the
 * message, or its place, in the same step that made it possible. So no wake-up can be lost to an
 * abort, and nobody is overtaken. Senders wait only while it is full, readers only while it is empty.
 *
 * @param capacity at least 1
 */
export function createMailbox<M>(capacity: number): Mailbox<M> {
  const messages = createRing<M>(capacity)
  /** In order of calling; as many as there are callers waiting, so bounded by them. */
  const readers = new Set<Waiter<M | undefined>>()
  const senders = new Set<Sender<M>>()
  let closed = false

  const tell = (message: M): boolean => {
    if (closed) return false
    const reader = first(readers)
    if (reader !== undefined) {
      reader.settle(message)
      return true
    }
    if (messages.size >= capacity) return false
    messages.push(message)
    return true
  }

  const poll = (): M | undefined => {
    const message = messages.shift()
    const sender = first(senders)
    if (sender !== undefined) {
      messages.push(sender.message)
      sender.settle()
    }
    return message
  }

  return {
    capacity,
    get size() {
      return messages.size
    },
    tell,
    poll,
    put(message, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      if (closed) return Promise.reject(closedError())
      if (tell(message)) return Promise.resolve()
      return wait(senders, signal, (waiter) => ({ ...waiter, message }))
    },
    take(signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      if (messages.size > 0) return Promise.resolve(poll())
      if (closed) return Promise.resolve(undefined)
      return wait(readers, signal, (waiter: Waiter<M | undefined>) => waiter)
    },
    close() {
      closed = true
      for (const reader of readers) reader.settle(undefined)
      for (const sender of senders) sender.refuse(closedError())
    },
  }
}

const first = <W>(waiters: ReadonlySet<W>): W | undefined => waiters.values().next().value

const closedError = (): Error => new Error('mailbox is closed')

/** Waits in the set until settled, refused or aborted; any of them takes the waiter out at once. */
function wait<V, W extends Waiter<V>>(
  waiters: Set<W>,
  signal: AbortSignal | undefined,
  make: (waiter: Waiter<V>) => W,
): Promise<V> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiters.delete(waiter)
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      leave()
      reject(signal!.reason as Error)
    }
    const waiter = make({
      settle(value) {
        leave()
        resolve(value)
      },
      refuse(error) {
        leave()
        reject(error)
      },
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    waiters.add(waiter)
  })
}
