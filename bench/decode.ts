import { createDecoder } from '../src/docker/decode.ts'
import type { Case } from './support/case.ts'
import { chunksOf, eventLines } from './support/events.ts'
import { beside } from './support/measure.ts'

export const decode: Case = {
  summary: 'bytes of the event stream to events, beside JSON.parse of the same lines',
  async run({ runs }) {
    const lines = eventLines(100_000)
    const chunks = chunksOf(lines)
    const rates = await beside(
      runs,
      lines.length,
      () => undefined,
      () => {
        const events = countEvents(chunks)
        if (events !== lines.length) throw new Error(`${events} events of ${lines.length}`)
      },
      () => () => {
        for (const line of lines) JSON.parse(line)
      },
    )
    return [
      {
        figure: 'decode',
        unit: 'events/s',
        values: rates.ours,
        beside: { what: 'JSON.parse', values: rates.bare },
      },
    ]
  },
}

function countEvents(chunks: readonly Uint8Array[]): number {
  let events = 0
  const decoder = createDecoder({
    onEvent: () => void events++,
    onBad: ({ reason }) => {
      throw new Error(`a bad line: ${reason}`)
    },
  })
  for (const chunk of chunks) decoder.write(chunk)
  decoder.end()
  return events
}
