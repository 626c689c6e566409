import { Observable, takeWhile, type OperatorFunction } from 'rxjs'
import { createRing } from '../actors/ring.ts'

export interface BoundedOptions<A, B> {
  /** Most values held: waiting, under way, or done and waiting for an earlier one. At least 1. */
  readonly capacity: number
  /** Most projections under way at once. At least 1. */
  readonly concurrency: number
  /** Turns a value into its output, at once or later. The signal is aborted on unsubscribe. */
  readonly project: (value: A, signal: AbortSignal) => B | Promise<B>
  /**
   * Folds a value that can't be held into the run of shed values before it, or begins one. The run
   * is a value like any other: it stands in the order where its values stood, and is projected.
   */
  readonly coalesce: (shed: A | undefined, value: A) => A
}

/**
 * Maps values, possibly waiting, with order kept and nothing unbounded. The source is never slowed:
 * when `capacity` values are held, further ones are shed into one value, as long as that one waits.
 *
 *     source   (abcde)fg-h--------|       capacity 3, concurrency 2, each projection takes ---
 *     output   ---(ab)--(cS)--h---|       S is the run of d, e, f and g
 *
 * - Projections begin in order, as soon as fewer than `concurrency` are under way; outputs come in
 *   the order of the source.
 * - Holds at most `capacity` values and one shed run. A run takes in further values until it is
 *   projected, or until there is room again.
 * - Where nothing waits and `project` answers at once, the output is passed on in the same step.
 * - Completes when what it holds is out. An error of the source, or of `project` (thrown or
 *   rejected), ends the stream at once; what is held is dropped.
 */
export function bounded<A, B>(options: BoundedOptions<A, B>): OperatorFunction<A, B> {
  const { capacity, concurrency, project, coalesce } = options
  for (const [name, value] of Object.entries({ capacity, concurrency })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a positive integer, got ${value}`)
    }
  }

  return (source) =>
    new Observable<B>((output) => {
      const held = createRing<Slot<A, B>>(capacity + 1)
      const aborting = new AbortController()
      /** The oldest so many have begun; the others wait for a place. */
      let begun = 0
      let underWay = 0
      let ended = false

      function fail(error: unknown): void {
        aborting.abort(error)
        output.error(error)
      }

      function begin(slot: Slot<A, B>): void {
        begun++
        underWay++
        try {
          const result = project(slot.value, aborting.signal)
          if (result instanceof Promise) result.then((late) => finishLate(slot, late), fail)
          else finish(slot, result)
        } catch (error) {
          fail(error)
        }
      }

      function finish(slot: Slot<A, B>, result: B): void {
        underWay--
        slot.state = 'done'
        slot.result = result
      }

      function finishLate(slot: Slot<A, B>, result: B): void {
        finish(slot, result)
        work()
      }

      /** The next to begin. A run that stands beyond the capacity stays open to further values. */
      function next(): Slot<A, B> | undefined {
        if (underWay >= concurrency) return undefined
        const slot = held.at(begun)
        return begun === capacity && slot?.state === 'shed' ? undefined : slot
      }

      /** Begins what may begin and passes on what is done, until neither is possible. */
      function work(): void {
        while (!output.closed) {
          const oldest = held.at(0)
          if (oldest?.state === 'done') {
            held.shift()
            begun--
            output.next(oldest.result as B)
            continue
          }
          const slot = next()
          if (slot === undefined) break
          begin(slot)
        }
        if (ended && held.size === 0) output.complete()
      }

      function take(value: A): void {
        if (held.size < capacity) {
          held.push({ state: 'held', value, result: undefined })
          return
        }
        const last = begun < held.size ? held.at(held.size - 1) : undefined
        if (last?.state === 'shed') last.value = coalesce(last.value, value)
        else held.push({ state: 'shed', value: coalesce(undefined, value), result: undefined })
      }

      output.add(() => aborting.abort(new Error('unsubscribed')))
      output.add(
        // A source that pushes while it is subscribed to learns only this way that nobody listens.
        source.pipe(takeWhile(() => !output.closed)).subscribe({
          next(value) {
            take(value)
            work()
          },
          error: fail,
          complete() {
            ended = true
            work()
          },
        }),
      )
    })
}

interface Slot<A, B> {
  /** `shed`: a run of values there was no room for. */
  state: 'held' | 'shed' | 'done'
  value: A
  result: B | undefined
}
