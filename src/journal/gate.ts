/** Lets callers through in their order, while not too much is inside. */
export interface Gate {
  /** Resolves when there is room for so many bytes; then the caller is inside until it leaves. */
  enter(bytes: number): Promise<void>
  leave(bytes: number): void
}

interface Waiting {
  readonly bytes: number
  readonly admit: () => void
}

/**
 * At most so many callers and bytes inside at once; one alone may be of any size. Whoever waits holds
 * what it wants to bring in, and there are as many as there are callers.
 */
export function createGate(max: { readonly callers: number; readonly bytes: number }): Gate {
  const waiting: Waiting[] = []
  let callers = 0
  let bytes = 0
  const hasRoom = (more: number): boolean =>
    callers === 0 || (callers < max.callers && bytes + more <= max.bytes)
  const admit = (more: number): void => {
    callers += 1
    bytes += more
  }

  return {
    enter(more) {
      if (waiting.length === 0 && hasRoom(more)) {
        admit(more)
        return Promise.resolve()
      }
      return new Promise((resolve) => waiting.push({ bytes: more, admit: resolve }))
    },
    leave(less) {
      callers -= 1
      bytes -= less
      while (waiting.length > 0 && hasRoom(waiting[0]!.bytes)) {
        const next = waiting.shift()!
        admit(next.bytes)
        next.admit()
      }
    },
  }
}
