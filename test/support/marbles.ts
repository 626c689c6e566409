import { Subject, type Observable, type OperatorFunction } from 'rxjs'
import type { ManualClock } from './manual-clock.ts'

/**
 * Draws what an operator makes of a source. A character is a value, and a millisecond; `-` is a
 * millisecond without one, `(ab)` values of the same millisecond, `|` the end, `#` an error; blanks
 * are for the eye. Errors are seen as `#` alone.
 *
 * @param source the source, drawn
 * @param values the value behind a character
 * @param label the character of an output
 */
export async function drawn<A, B>(
  operator: OperatorFunction<A, B>,
  options: {
    readonly clock: ManualClock
    readonly source: string
    readonly values: (mark: string) => A
    readonly label: (output: B) => string
  },
): Promise<string> {
  const { clock, values, label } = options
  const input = new Subject<A>()
  const seen = { now: '', over: false }
  operator(input).subscribe({
    next: (output) => (seen.now += label(output)),
    error: () => Object.assign(seen, { now: `${seen.now}#`, over: true }),
    complete: () => Object.assign(seen, { now: `${seen.now}|`, over: true }),
  })
  let picture = ''
  /** One millisecond; false when the output was over before it. */
  const play = async (marks: string): Promise<boolean> => {
    if (seen.over && seen.now === '') return false
    for (const mark of marks) {
      if (mark === '|') input.complete()
      else if (mark === '#') input.error(new Error('drawn'))
      else if (mark !== '-') input.next(values(mark))
    }
    await clock.settle()
    picture += seen.now === '' ? '-' : seen.now.length === 1 ? seen.now : `(${seen.now})`
    seen.now = ''
    if (!seen.over) await clock.advance(1)
    return true
  }
  const frames = options.source.replaceAll(' ', '').match(/\([^)]*\)|./g) ?? []
  for (const frame of frames) await play(frame.replace(/[()]/g, ''))
  for (let frame = 0; frame < 1_000; frame++) if (!(await play('-'))) break
  return picture
}

/** What an observable told, as it told it. */
export function told<T>(observable: Observable<T>): {
  readonly values: T[]
  readonly end: { readonly error?: unknown; readonly complete?: true }[]
} {
  const values: T[] = []
  const end: { readonly error?: unknown; readonly complete?: true }[] = []
  observable.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => end.push({ error }),
    complete: () => end.push({ complete: true }),
  })
  return { values, end }
}
