import type { ReadCaller } from './caller.ts'
import type { EntryReader } from './entry-reader.ts'
import type { JournalView } from './journal.ts'

/** The questions of a journal, over a connection that reads. */
export function createView(
  caller: ReadCaller,
  reader: EntryReader,
): Omit<JournalView, typeof Symbol.asyncDispose> {
  return {
    async *entries(range, onLooked) {
      let page = await caller.call('entries', range)
      while (page.next !== undefined) {
        if (page.lookedAt !== undefined) await onLooked?.(page.lookedAt)
        for (const read of page.entries) yield reader.entry(read)
        page = await caller.call('entries', range, page.next)
      }
    },
    async *deadLetters(sink) {
      let page = await caller.call('deadLetters', sink)
      while (page.length > 0) {
        for (const { entry: read, ...letter } of page) {
          const { seq, seal: _, ...entry } = reader.entry(read)
          yield { ...letter, seq, entry }
        }
        const last = page.at(-1)!
        page = await caller.call('deadLetters', sink, { sink: last.sink, seq: last.entry.seq })
      }
    },
    chain: () => caller.call('chain'),
    links: (after) => caller.call('links', after),
    find: async (seqs) => (await caller.call('find', seqs)).map((read) => reader.entry(read)),
    span: (range) => caller.call('span', range),
    cursors: () => caller.call('cursors'),
    stats: async () => ({ ...(await caller.call('stats')), damaged: reader.damaged }),
  }
}
