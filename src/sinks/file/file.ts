import { z } from 'zod'
import { bytes, flag, integer } from '../../config/option-types.ts'
import type { Sequenced } from '../../model/entry.ts'
import { asError } from '../../model/errors.ts'
import { commonOptions, formatOption } from '../common-options.ts'
import { entriesFor } from '../formats/classic.ts'
import { formats } from '../formats/formats.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { compilePattern, patternError, unknownPattern } from '../time-pattern.ts'
import { openLineFile, type LineFile } from './line-file.ts'
import { reasonOf } from './reason.ts'
import { receivedInFiles } from './received.ts'

const options = z.strictObject({
  ...commonOptions({ timeout: '1m' }),
  path: z
    .string()
    .min(1, 'expected a path, such as /var/log/auditor.ndjson')
    .refine((path) => unknownPattern(path) === undefined, {
      error: ({ input }) => patternError(String(input)),
    })
    .describe("The file; %Y, %m, %d and %H stand for the entry's time in UTC"),
  format: formatOption(),
  rotate: bytes({ min: '1KiB' })
    .optional()
    .describe('Begin a new file before this one exceeds so many bytes; default never'),
  keep: integer({ min: 1, max: 100_000 })
    .prefault(10)
    .describe('How many rotated files are kept beside the current one'),
  gzip: flag().prefault(false).describe('Compress rotated files'),
})

export type FileOptions = z.infer<typeof options>

/**
 * Appends one line an entry. Delivered means: written and synced to disk. A line is whole or absent,
 * also after a crash or on a full disk; an entry can be there twice, with the same id.
 */
export const fileKind: SinkKind<typeof options> = {
  kind: 'file',
  schemes: ['file'],
  summary: 'One line an entry in a file, synced; rotated by size or by time',
  examples: [
    'file:///var/log/auditor.ndjson',
    'file:///var/log/auditor.ndjson?rotate=100MiB&keep=5&gzip=true',
    'file:///var/log/auditor/%Y-%m-%d.ndjson?format=raw',
  ],
  options,
  fromUri: ({ path }) => ({ path }),
  create: createFileSink,
  received: receivedInFiles,
}

export function createFileSink(settings: FileOptions, name: string): Sink {
  const write = formats[settings.format]
  const pathOf = compilePattern(settings.path)
  let current: LineFile | undefined
  /** Batches are written one after another, also when the answer to the one before came too late. */
  let last: Promise<unknown> = Promise.resolve()

  async function fileFor(path: string): Promise<LineFile> {
    if (current?.path === path && (await current.isInPlace())) return current
    await release()
    current = await openLineFile(path, settings)
    return current
  }

  async function release(): Promise<void> {
    const file = current
    current = undefined
    await file?.close()
  }

  async function writeAll(entries: readonly Sequenced[]): Promise<void> {
    for (let from = 0; from < entries.length;) {
      const path = pathOf(entries[from]!.time)
      const lines: string[] = []
      for (; from < entries.length && pathOf(entries[from]!.time) === path; from++) {
        lines.push(`${write(entries[from]!)}\n`)
      }
      const file = await fileFor(path)
      await file.append(lines)
    }
  }

  /** After whatever is being done to the file already, however long that takes. */
  function inTurn(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const before = last
    const turn = (async () => {
      await before
      signal.throwIfAborted()
      try {
        await work()
      } catch (error) {
        await release().catch(() => undefined) // the first error is the one to tell
        throw reasonOf(error, settings.path)
      }
    })()
    last = turn.catch(() => undefined) // told to whoever asked for the turn
    return turn
  }

  return {
    name,
    ...entriesFor(settings.format),
    open: (signal) =>
      inTurn(signal, async () => {
        // A path with patterns is known once there is an entry.
        if (!settings.path.includes('%')) await fileFor(settings.path)
      }),
    async deliver({ entries }, signal) {
      try {
        await inTurn(signal, () => writeAll(entries))
        return { status: 'delivered' }
      } catch (error) {
        return { status: 'retry', cause: asError(error) }
      }
    },
    close: () => inTurn(new AbortController().signal, release),
  }
}
