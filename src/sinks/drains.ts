import type { Seq } from '../model/entry.ts'

/** One who waits until a shipper has settled what there is. */
interface Drain {
  readonly upTo: Seq
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

/** Those who wait for a shipper to be done. */
export interface Drains {
  /** Resolves when settled up to `upTo`, or when nothing waits any more. */
  wait(signal: AbortSignal, upTo?: Seq): Promise<void>
  readonly active: boolean
  /** Who waits now. A read that begins after this and finds nothing answers them all. */
  waiting(): readonly Drain[]
  answer(drains: readonly Drain[]): void
  settledUpTo(seq: Seq): void
  begin(): void
  /** Nobody will be answered any more, until `begin`. */
  end(reason: Error): void
}

/** @param onAsk called for each new one */
export function createDrains(onAsk: () => void): Drains {
  const drains = new Set<Drain>()
  let ended: Error | undefined

  function answer(answered: Iterable<Drain>): void {
    for (const drain of answered) {
      if (drains.delete(drain)) drain.resolve()
    }
  }

  return {
    get active() {
      return drains.size > 0
    },
    waiting: () => [...drains],
    answer,
    settledUpTo(seq) {
      answer([...drains].filter(({ upTo }) => upTo <= seq))
    },
    begin() {
      ended = undefined
    },
    end(reason) {
      ended = reason
      for (const drain of drains) drain.reject(reason)
      drains.clear()
    },
    wait(signal, upTo = Infinity) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (signal.aborted) reject(signal.reason as Error)
      else if (ended !== undefined) reject(ended)
      else {
        const drain: Drain = { upTo, resolve, reject }
        drains.add(drain)
        const onAbort = (): void => {
          drains.delete(drain)
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', onAbort, { once: true })
        const forget = (): void => signal.removeEventListener('abort', onAbort)
        promise.then(forget, forget)
        onAsk()
      }
      return promise
    },
  }
}
