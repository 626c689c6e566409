import type { Readable, Writable } from 'node:stream'

/** Where a command reads and writes; tests give their own. Data goes to stdout, talk to stderr. */
export interface Terminal {
  readonly stdout: Writable & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stdin: Readable & { setRawMode?(mode: boolean): unknown }
  readonly environment: Readonly<{ [name: string]: string | undefined }>
}

/**
 * Writes and waits where the reader is slow, so that memory stays bounded. False when the reader has
 * gone (`auditor events | head`): then there is nothing more to do, and that is no error.
 */
export async function write(stream: Writable, text: string): Promise<boolean> {
  if (stream.destroyed || stream.errored !== null) return false
  if (stream.write(text)) return true
  return new Promise((resolve) => {
    const settle = (open: boolean) => (): void => {
      stream.off('drain', drained).off('close', closed).off('error', closed)
      resolve(open)
    }
    const drained = settle(true)
    const closed = settle(false)
    stream.once('drain', drained).once('close', closed).once('error', closed)
  })
}
