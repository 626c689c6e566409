import type { Page } from '../journal/journal.ts'
import type { Seq } from '../model/entry.ts'
import type { Bell } from '../actors/bell.ts'

/** Brings one page to its end. */
export interface Flight {
  /** When everything before it is settled: settles it. False when the cursor was moved meanwhile. */
  settle(): Promise<boolean>
  /** Instead of that: nobody wants it any more. Never rejects. */
  abandon(): Promise<void>
}

export interface WindowParts<P extends Page> {
  /** Most pages under way. */
  readonly most: number
  /** Begins with a page, in the order of the journal. */
  readonly launch: (page: P) => Flight
  /** Whether only what is under way may be tried. */
  readonly isClosed: () => boolean
  /** Rung whenever there may be room. */
  readonly moved: Bell
  /** Called when nothing is under way any more. */
  readonly onEmpty: () => void
  readonly onFailure: (error: unknown) => void
}

/**
 * The pages under way to a sink. They begin in the order of the journal and are settled in that
 * order, so that the cursor is the contiguous frontier of what is confirmed, whatever is done first.
 */
export interface Window<P extends Page> {
  /** Where to read on: behind the newest page under way; `undefined` where none is: at the cursor. */
  readonly newest: Seq | undefined
  /** The same, while it is likely that what comes behind that page begins next; `undefined` else. */
  readonly likely: Seq | undefined
  /** Until another page may begin. */
  room(signal: AbortSignal): Promise<void>
  /** Until nothing is under way. */
  empty(signal: AbortSignal): Promise<void>
  /**
   * @param after where the reading began, if it was behind the newest page
   * @returns false when the cursor was moved since: what is under way is in vain, and so is this page
   */
  add(page: P, after: Seq | undefined): boolean
  /** When all is called off: until nothing moves any more. Never rejects. */
  ended(): Promise<void>
}

export function createWindow<P extends Page>(parts: WindowParts<P>): Window<P> {
  const { most, launch, isClosed, moved } = parts
  let size = 0
  let newest: Page | undefined
  /** When the newest page is settled, with all before it. */
  let last: Promise<void> = Promise.resolve()
  let generation: number | undefined
  /** Its cursor was moved: what it gave out is given out anew. */
  let stale: number | undefined

  async function fly(page: P, before: Promise<void>): Promise<void> {
    const flight = launch(page)
    try {
      await before.catch(async (error: unknown) => {
        await flight.abandon()
        throw error
      })
      if (stale === page.generation) await flight.abandon()
      else if (!(await flight.settle())) stale = page.generation
    } catch (error) {
      parts.onFailure(error) // first of all, so that nothing more begins
      throw error
    } finally {
      size -= 1
      if (isEmpty()) {
        newest = undefined
        parts.onEmpty()
      }
      moved.ring()
    }
  }

  const isEmpty = (): boolean => size === 0
  const isInOrder = (): boolean => !isClosed() && newest?.origin === 'journal'
  const hasRoom = (): boolean => isEmpty() || (size < most && isInOrder())
  const behind = (): Seq | undefined => newest?.entries.at(-1)!.seq

  return {
    get newest() {
      return behind()
    },
    get likely() {
      return isInOrder() ? behind() : undefined
    },
    async room(signal) {
      while (!hasRoom()) await moved.wait(signal)
      signal.throwIfAborted()
    },
    async empty(signal) {
      while (!isEmpty()) await moved.wait(signal)
    },
    add(page, after) {
      if (page.generation === stale) return false
      if (after !== undefined && page.generation !== generation) return false
      generation = page.generation
      newest = page
      size += 1
      last = fly(page, last)
      last.catch(() => undefined) // told by then
      return true
    },
    ended: () => last.catch(() => undefined),
  }
}
