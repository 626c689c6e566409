import { Observable } from 'rxjs'
import type { Appended } from '../journal/journal.ts'
import type { Sequenced } from '../model/entry.ts'

/** Each entry as soon as it is durable, in the journal's order. */
export function entriesOf(appended$: Observable<Appended>): Observable<Sequenced> {
  return new Observable((output) =>
    appended$.subscribe({
      next({ entries }) {
        for (const entry of entries) {
          if (output.closed) return
          output.next(entry)
        }
      },
      error: (error: unknown) => output.error(error),
      complete: () => output.complete(),
    }),
  )
}
