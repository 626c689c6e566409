import { Observable } from 'rxjs'

/**
 * Gives a value to whoever listens; false when nobody does (any more), so that the giver can stop
 * instead of talking to the wall. Never throws.
 */
export type Emit<T> = (value: T) => boolean

/**
 * A cold Observable of what a giver gives. It begins when somebody subscribes; it completes when the
 * giver returns and fails as the giver fails. Leaving aborts the giver's signal. The giver never
 * gets a stage's exception: that one ends the stream as its error, and `emit` says false from then on.
 *
 *     giver     emit(a) emit(b) emit(c) return
 *     source    a-------b-------c-------|
 */
export function source<T>(
  give: (emit: Emit<T>, signal: AbortSignal) => Promise<void>,
): Observable<T> {
  return new Observable<T>((output) => {
    const leaving = new AbortController()
    const emit: Emit<T> = (value) => {
      if (output.closed) return false
      output.next(value)
      return !output.closed
    }
    give(emit, leaving.signal).then(
      () => output.complete(),
      (error: unknown) => output.error(error),
    )
    return () => leaving.abort(new Error('nobody listens any more'))
  })
}
