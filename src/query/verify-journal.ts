import { setImmediate } from 'node:timers/promises'
import type { Cursor, JournalView } from '../journal/journal.ts'
import { isDamage } from '../journal/unusable.ts'
import { asError } from '../model/errors.ts'
import { createChainWalk, type ChainWalk } from './chain-walk.ts'
import type { ChainVerdict } from './verdict.ts'

export interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Follows the hash chain of a journal from what retention has left of its beginning to its end, beside
 * a running agent or without one. What the agent appends meanwhile is not looked at. One page of the
 * journal is in memory.
 *
 * @throws what `signal` is aborted with
 */
export async function verifyJournal(
  trail: Pick<JournalView, 'chain' | 'links' | 'cursors'>,
  { signal, onProgress }: VerifyOptions = {},
): Promise<ChainVerdict> {
  const { epoch, base, head, isSound } = await trail.chain()
  const walk = createChainWalk({ epoch, start: base })
  if (!isSound) {
    walk.told('changed', base.seq + 1, 'what the journal notes of its beginning and end is another')
  }
  const total = head.seq - base.seq
  let last = base.seq
  try {
    for (;;) {
      signal?.throwIfAborted()
      const page = await trail.links(last)
      walk.prunedTo(page.base)
      last = Math.max(last, page.base.seq)
      // What stands behind the end the journal notes at that moment was not appended by an agent.
      const links = page.links.filter(({ seq }) => seq <= head.seq || seq > page.head.seq)
      for (const link of links) walk.add(link)
      last = page.links.at(-1)?.seq ?? last
      onProgress?.(Math.min(total, last - base.seq), total)
      await setImmediate() // signals and bars have their turn
      if (page.links.length === 0 || (last >= head.seq && links.at(-1)?.seq !== last)) break
    }
  } catch (thrown) {
    if (!isDamaged(thrown)) throw thrown
    walk.unreadable(asError(thrown).message)
  }
  await compareCursors(trail, walk)
  return walk.end(head)
}

/** No sink has more than there is. */
async function compareCursors(
  trail: Pick<JournalView, 'chain' | 'cursors'>,
  walk: ChainWalk,
): Promise<void> {
  let cursors: readonly Cursor[]
  try {
    cursors = await trail.cursors()
  } catch (thrown) {
    if (!isDamaged(thrown)) throw thrown
    const { base } = await trail.chain()
    walk.told('changed', base.seq + 1, asError(thrown).message)
    return
  }
  const { head: now } = await trail.chain() // the agent may have gone on
  for (const { sink, confirmed } of cursors) {
    if (confirmed > now.seq) walk.confirmedBeyond(confirmed, sink)
  }
}

const isDamaged = (thrown: unknown): boolean => isDamage(thrown) || isDamage(asError(thrown).cause)
