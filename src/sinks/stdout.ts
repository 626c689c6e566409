import type { Writable } from 'node:stream'
import { z } from 'zod'
import { commonOptions, formatOption } from './common-options.ts'
import { entriesFor } from './formats/classic.ts'
import { formats, type FormatName } from './formats/formats.ts'
import { headOf } from './head-of.ts'
import type { Sink, SinkKind } from './sink.ts'

const options = z.strictObject({
  ...commonOptions({ every: '0s' }),
  format: formatOption(),
})

/**
 * Writes one line an entry to standard output. Delivered means: handed to the operating system.
 * While nobody reads the pipe it waits, holding one batch; a pipe whose reader has gone is a sink
 * that is away.
 */
export const stdoutKind: SinkKind<typeof options> = {
  kind: 'stdout',
  schemes: ['stdout'],
  summary: 'One line an entry on standard output',
  examples: ['stdout:', 'stdout:?format=raw'],
  options,
  fromUri: () => ({}),
  create: ({ format }, name) => createStreamSink(name, process.stdout, format),
}

/** A sink that writes lines to a stream. */
export function createStreamSink(name: string, stream: Writable, format: FormatName): Sink {
  const write = formats[format]
  /** The batch the stream has not yet passed on: a second one is not begun before. */
  let flushing: Promise<Error | undefined> | undefined

  function flush(text: string): Promise<Error | undefined> {
    return new Promise((resolve) => {
      stream.write(text, (error) => resolve(error ?? undefined))
    })
  }

  // A broken pipe is also told as an event, later, which unheard would end the process: it stays.
  const onError = (): void => undefined

  return {
    name,
    ...entriesFor(format),
    open() {
      stream.off('error', onError).on('error', onError)
      return Promise.resolve()
    },
    async deliver({ entries }, signal) {
      if (flushing !== undefined) await orAborted(flushing, signal)
      if (!stream.writable) return { status: 'retry', cause: new Error('nobody reads any more') }
      flushing = flush(entries.map((entry) => `${write(entry)}\n`).join(''))
      const error = await orAborted(flushing, signal)
      if (error === undefined) return { status: 'delivered' }
      return { status: 'retry', cause: new Error(`nobody reads: ${headOf(error.message)}`) }
    },
  }
}

/** The work's result, unless the signal is aborted first. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', onAbort))
}
