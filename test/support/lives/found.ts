import type { Entry, Sequenced } from '../../../src/model/entry.ts'
import type { Projection } from '../../../src/lives/projection.ts'
import { memoryProjection } from './ends.ts'

/** An agent that takes in a story, and appends what is due, as the keeper does. */
export function listening(lives: Projection = memoryProjection().lives) {
  const journal: Sequenced[] = []
  const found: string[] = []

  function append(entries: readonly Entry[]): void {
    const from = journal.length
    for (const entry of entries) {
      if (journal.some(({ id }) => id === entry.id)) continue
      journal.push({ ...entry, seq: journal.length + 1 })
    }
    lives.take(journal.slice(from), 'epoch')
  }

  return {
    journal,
    found,
    append,
    /** @param silence how long nothing came, in s */
    look(silence = 0): void {
      for (;;) {
        const due = lives.due(() => BigInt(silence) * 1_000_000_000n)
        if (due.length === 0) return
        for (const entry of due) if (entry.kind === 'finding') found.push(entry.said)
        append(due)
      }
    },
    lives,
  }
}
