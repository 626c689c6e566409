import { parseExactly } from '../../../src/model/exact-json.ts'
import { ecs } from '../../../src/sinks/formats/ecs.ts'
import type { Received } from '../../../src/sinks/received.ts'

/** What a sink has, from memory: in pages, in the order given. */
export function receivedLines(lines: readonly string[], page = 7): Received {
  const documents = lines.map((line, at) => ({ where: `line ${at + 1}`, document: parsed(line) }))
  return {
    unit: 'lines',
    write: ecs,
    async *documents() {
      for (let at = 0; at < documents.length; at += page) {
        const done = Math.min(at + page, documents.length)
        yield { documents: documents.slice(at, done), done, total: documents.length }
      }
    },
    hasOldest: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  }
}

function parsed(line: string): unknown {
  try {
    return parseExactly(line)
  } catch {
    return undefined
  }
}
