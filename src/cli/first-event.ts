import { createDecoder } from '../docker/decode.ts'
import type { Trace } from '../docker/trace.ts'
import { AuditorError } from '../model/errors.ts'

/** After so many lines that are none, it is another kind of file. */
const MAX_BAD = 100

/**
 * Looks whether a file is a trace at all, before its lines end up in a journal. An empty one is.
 *
 * @throws AuditorError `trace-invalid` where the file begins with 100 lines, or consists of lines,
 *   that are no events
 */
export async function requireEvents(
  trace: Pick<Trace, 'lines'>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const seen = { events: 0, bad: 0 }
  const decoder = createDecoder({
    onEvent: () => (seen.events += 1),
    onBad: () => (seen.bad += 1),
  })
  for await (const line of trace.lines(signal)) {
    decoder.write(line)
    if (seen.events > 0) return
    if (seen.bad >= MAX_BAD) break
  }
  decoder.end()
  if (seen.events > 0 || seen.bad === 0) return
  throw new AuditorError(
    'trace-invalid',
    `${path} is no trace: its first ${seen.bad} lines are no events, as \`auditor record\` or ` +
      "`docker events --format '{{json .}}'` writes them",
  )
}
