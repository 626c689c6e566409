import type { Clock } from '../actors/clock.ts'
import type { JournalReader, Limit, Page } from '../journal/journal.ts'
import type { Seq } from '../model/entry.ts'
import type { Bell } from '../actors/bell.ts'

export interface PagesParts {
  readonly reader: JournalReader
  readonly limit: Limit
  /** How long an incomplete page may wait for more, in ms. */
  readonly every: number
  /** Rung when there may be something new. */
  readonly news: Bell
  /** Rung when somebody wants it now. */
  readonly hurry: Bell
  /** Whether somebody wants everything now. */
  readonly isHurried: () => boolean
  readonly clock: Clock
}

/** What the journal has for a sink, in pages that are worth a delivery. */
export interface Pages {
  /**
   * What comes after this place, or after the cursor: as soon as it is a full page, else when it has
   * waited for more. `undefined` at once where nothing waits.
   */
  next(signal: AbortSignal, after?: Seq): Promise<Page | undefined>
  /** A full page behind this place; `undefined` at once where there is none yet. */
  full(after: Seq): Promise<Page | undefined>
}

/** An incomplete page is looked at again this many times while it waits for more. */
const LOOKS_WHILE_LINGERING = 8

export function createPages(parts: PagesParts): Pages {
  const { reader, limit, every, news, hurry, clock } = parts

  /** Whether waiting can't make the page larger: it has its entries, or its bytes. */
  async function isFull(page: Page): Promise<boolean> {
    if (page.origin === 'dead-letters' || page.entries.length >= limit.entries) return true
    return (await reader.read({ entries: 1, bytes: 1 }, page.entries.at(-1)!.seq)) !== undefined
  }

  /** Is read anew when more came. */
  async function linger(first: Page, signal: AbortSignal, after?: Seq): Promise<Page> {
    const until = clock.monotonic() + every
    let page = first
    let full = every === 0 || (await isFull(page))
    for (;;) {
      const left = until - clock.monotonic()
      if (full || parts.isHurried() || left <= 0) return page
      await hurry.wait(signal, Math.min(left, every / LOOKS_WHILE_LINGERING))
      if (!news.rung) continue
      news.silence()
      page = (await reader.read(limit, after)) ?? page
      full = await isFull(page)
    }
  }

  return {
    async next(signal, after) {
      const page = await reader.read(limit, after)
      return page === undefined ? undefined : linger(page, signal, after)
    },
    async full(after) {
      const page = await reader.read(limit, after)
      return page !== undefined && (await isFull(page)) ? page : undefined
    },
  }
}
