import type { Entry } from '../entry.ts'
import { holeOf } from '../hole.ts'
import type { EngineStory, Evidence } from './life.ts'

/** Gaps remembered of one engine. */
const MAX_GAPS = 32

export const newStory = (id: string): EngineStory => ({ id, gaps: [], time: 0n })

/**
 * An engine's story after an entry; the same one where the entry tells nothing of it.
 *
 * @param hasRuns whether runs on it have not ended
 */
export function afterEntry(story: EngineStory, entry: Entry, hasRuns: () => boolean): EngineStory {
  switch (entry.kind) {
    case 'record':
      return entry.origin === 'observed' && entry.time > story.time
        ? { ...story, time: entry.time }
        : story
    case 'gap': {
      const hole = holeOf(entry)
      if (hole === undefined) return story
      const gap = { id: entry.id, from: hole.from, to: hole.to }
      const told = entry.cause === 'engine-restart' ? { ...gap, restarted: true as const } : gap
      return { ...story, gaps: [...story.gaps.slice(1 - MAX_GAPS), told] }
    }
    case 'marker': {
      if (entry.marker === 'agent-started' || entry.marker === 'agent-stopped') {
        return { ...story, isDeaf: true }
      }
      const evidence: Evidence = { what: 'engine', id: entry.id, time: entry.time }
      if (entry.marker === 'engine-lost') {
        const { back: _back, lastAsked: asked, askedBefore, lastEnd: end, ...rest } = story
        const lostAfter = {
          ...(asked === undefined ? {} : { asked }),
          ...(askedBefore === undefined ? {} : { askedBefore }),
          ...(end === undefined ? {} : { end }),
          ...(hasRuns() ? { hadRuns: true as const } : {}),
        }
        return { ...rest, isDeaf: true, lost: evidence, lostAfter }
      }
      if (entry.marker !== 'engine-connected') return story
      const { isDeaf: _deaf, ...hearing } = story
      return { ...hearing, back: evidence }
    }
    case 'life':
    case 'finding':
    case 'alert':
      return story
  }
}
