/**
 * The same values, with a pause behind each slice: whoever takes them does so many at once at most.
 * The next value is asked for after the pause.
 */
export async function* inSlices<T>(
  all: Iterable<T>,
  size: number,
  pause: () => Promise<void>,
): AsyncGenerator<T> {
  let taken = 0
  for (const each of all) {
    yield each
    if (++taken % size === 0) await pause()
  }
}
