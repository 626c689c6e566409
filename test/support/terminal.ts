import { PassThrough, Readable } from 'node:stream'
import type { Terminal } from '../../src/cli/streams.ts'

export interface TestTerminal extends Terminal {
  /** What was printed so far. */
  readonly printed: { readonly stdout: string; readonly stderr: string }
}

/** A terminal whose streams are kept; not a TTY. */
export function createTerminal(environment: Terminal['environment'] = {}): TestTerminal {
  const kept = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr'): PassThrough => {
    const through = new PassThrough()
    through.setEncoding('utf8').on('data', (text: string) => (kept[name] += text))
    return through
  }
  return {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: Readable.from([]),
    environment,
    printed: kept,
  }
}
