import { Observable, type OperatorFunction } from 'rxjs'
import type { BoundedOptions } from '../../src/streams/bounded.ts'

/** Mistakes that were made, or nearly, while `bounded` was written. */
export const prototypeBugs = [
  'a freed place is not given to who waits',
  'a run is closed when it is begun but takes in more',
  'outputs come as they are done',
  'completes before what it holds is out',
  'never completes when something is held at the end',
  'the newest waiting value begins first',
  'a shed value is projected too',
  'a run stands behind what came after it',
  'the fast path overtakes what waits',
] as const

export type PrototypeBug = (typeof prototypeBugs)[number]

interface Slot<A, B> {
  value: A
  readonly shed: boolean
  begun: boolean
  done?: { readonly result: B }
}

/** `bounded` in a plain, slow form that can make each of those mistakes. */
export function createPrototype(bug?: PrototypeBug) {
  return <A, B>(options: BoundedOptions<A, B>): OperatorFunction<A, B> => {
    const { capacity, concurrency, project, coalesce } = options
    return (source) =>
      new Observable<B>((output) => {
        const held: Slot<A, B>[] = []
        const { signal } = new AbortController()
        let underWay = 0
        let ended = false

        const pump = (): void => {
          for (;;) {
            const waiting = held.filter(
              (slot, at) => !slot.begun && !(slot.shed && at === capacity),
            )
            const slot =
              bug === 'the newest waiting value begins first' ? waiting.at(-1) : waiting[0]
            if (slot === undefined || underWay >= concurrency) return
            slot.begun = true
            const result = project(slot.value, signal)
            if (!(result instanceof Promise)) {
              if (bug === 'the fast path overtakes what waits') {
                held.splice(held.indexOf(slot), 1)
                output.next(result)
              } else {
                slot.done = { result }
                flush()
              }
              continue
            }
            underWay++
            result.then((late) => finish(slot, late)).catch((error) => output.error(error))
          }
        }

        const finish = (slot: Slot<A, B>, result: B): void => {
          underWay--
          slot.done = { result }
          flush()
          if (bug !== 'a freed place is not given to who waits') pump()
          end()
        }

        const flush = (): void => {
          for (;;) {
            const ready =
              bug === 'outputs come as they are done'
                ? held.findIndex((slot) => slot.done !== undefined)
                : held[0]?.done === undefined
                  ? -1
                  : 0
            if (ready < 0) return
            output.next(held.splice(ready, 1)[0]!.done!.result)
          }
        }

        const end = (): void => {
          if (ended && held.length === 0) output.complete()
        }

        const take = (value: A): void => {
          if (held.length < capacity) {
            const slot = { value, shed: false, begun: false }
            const last = held.at(-1)
            if (bug === 'a run stands behind what came after it' && last?.shed && !last.begun) {
              held.splice(-1, 0, slot)
            } else held.push(slot)
            return
          }
          const last = held.at(-1)
          const open =
            last?.shed &&
            (!last.begun || bug === 'a run is closed when it is begun but takes in more')
          if (open) last.value = coalesce(last.value, value)
          else held.push({ value: coalesce(undefined, value), shed: true, begun: false })
          if (bug === 'a shed value is projected too') void project(value, signal)
        }

        return source.subscribe({
          next(value) {
            take(value)
            pump()
          },
          complete() {
            ended = true
            if (bug === 'completes before what it holds is out') output.complete()
            if (bug === 'never completes when something is held at the end' && held.length > 0) {
              ended = false
            }
            end()
          },
        })
      })
  }
}
