import { createDecoder } from '../../src/docker/decode.ts'
import { recordOf } from '../../src/model/entry-factory.ts'
import type { EngineRef, Record } from '../../src/model/entry.ts'
import { chunksOf, eventLines } from './events.ts'

export const benchEngine: EngineRef = {
  id: 'bench',
  name: 'bench',
  version: '29.0.0',
  apiVersion: '1.52',
}

/** Records of the events from line `from` on of the endless trace (see events.ts), in groups. */
export function recordGroups(count: number, from: number, groupSize = 500): Record[][] {
  const groups: Record[][] = [[]]
  const decoder = createDecoder({
    onEvent(event) {
      if (groups.at(-1)!.length === groupSize) groups.push([])
      groups.at(-1)!.push(recordOf(benchEngine, event))
    },
    onBad: ({ reason, text }) => {
      throw new Error(`${reason}: ${text}`)
    },
  })
  for (const chunk of chunksOf(eventLines(count, from))) decoder.write(chunk)
  decoder.end()
  return groups
}
