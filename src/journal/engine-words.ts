import { wordOf, type ContainerWord } from '../model/container-word.ts'
import type { Entry } from '../model/entry.ts'
import { holeOf, type Hole } from '../model/hole.ts'
import type { Nanoseconds } from '../model/time.ts'

/** What one entry of a group says of an engine's containers. */
export interface EngineWord {
  /** The entry's place in its group. */
  readonly place: number
  readonly engineId: string
  readonly container?: ContainerWord
  /** A gap opens it... */
  readonly hole?: Hole
  /** ...and it is closed up to here when what exists was compared with what is known. */
  readonly reconciledTo?: Nanoseconds
}

/** Plain data for the writer, in the group's order; `undefined` where nothing is said. */
export function wordsOf(group: readonly Entry[]): readonly EngineWord[] | undefined {
  let words: EngineWord[] | undefined
  for (let place = 0; place < group.length; place++) {
    const word = wordOfEntry(group[place]!, place)
    if (word !== undefined) (words ??= []).push(word)
  }
  return words
}

function wordOfEntry(entry: Entry, place: number): EngineWord | undefined {
  switch (entry.kind) {
    case 'record': {
      const container = wordOf(entry)
      return container && { place, engineId: entry.engine.id, container }
    }
    case 'gap': {
      const hole = holeOf(entry)
      return hole && { place, engineId: hole.engineId, hole: { from: hole.from, to: hole.to } }
    }
    case 'marker': {
      const { marker, engine, data } = entry
      if (marker !== 'engine-reconciled' || engine === undefined) return undefined
      return { place, engineId: engine.id, reconciledTo: BigInt(data['to'] ?? 0) }
    }
    case 'life':
    case 'finding':
    case 'alert':
      return undefined
  }
}
