import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { createLineSplitter } from '../../docker/lines.ts'
import { AuditorError } from '../../model/errors.ts'
import { parseExactly } from '../../model/exact-json.ts'
import { formats, type FormatName } from '../formats/formats.ts'
import type { Received, ReceivedDocument, ReceivedPage } from '../received.ts'
import { patternOf } from './path-pattern.ts'
import { reasonOf } from './reason.ts'

/** Longer than any line of ours. */
const LONGEST_LINE = 64 * 1024 * 1024
const PAGE_LINES = 500

interface Part {
  readonly path: string
  /** Of a rotated file; `undefined` of the current one. */
  readonly number: number | undefined
  /** The current file's path. */
  readonly of: string
}

/**
 * The lines of a file sink, from the rotated files too, compressed or not. What is rotated while it is
 * read is read again: nothing is passed over.
 */
export function receivedInFiles(options: {
  readonly path: string
  readonly format: FormatName
}): Received {
  const { path } = options
  if (options.format !== 'ecs') {
    throw new AuditorError(
      'usage',
      `what is written as ${options.format} has no place and no hash to compare: only ecs can be verified`,
    )
  }

  async function* documents(_epoch: string, signal: AbortSignal): AsyncGenerator<ReceivedPage> {
    const read = new Set<string>()
    let total = 0
    let before = 0
    for (;;) {
      const isAgain = read.size > 0
      const parts = (await partsOf(path)).filter(
        ({ path, number }) => !read.has(path) && !(isAgain && number === undefined),
      )
      if (parts.length === 0) return
      const sizes = await Promise.all(parts.map(sizeOf))
      total += sizes.reduce((sum, size) => sum + size, 0)
      for (const [at, part] of parts.entries()) {
        read.add(part.path)
        for await (const { lines, bytes } of linesOf(part.path, signal)) {
          yield { documents: lines, done: Math.min(total, before + bytes), total }
        }
        before += sizes[at]!
      }
    }
  }

  return {
    unit: 'bytes',
    write: formats.ecs,
    documents,
    async hasOldest() {
      const lowest = new Map<string, number>()
      for (const { number, of } of await partsOf(path)) {
        if (number !== undefined) lowest.set(of, Math.min(number, lowest.get(of) ?? number))
      }
      return [...lowest.values()].every((number) => number === 1)
    },
    close: () => Promise.resolve(),
  }
}

/** Every file that belongs to a path with patterns: rotated ones by age, then the current one. */
async function partsOf(path: string): Promise<readonly Part[]> {
  const { base, isDeep, matches } = patternOf(path)
  let names: readonly string[]
  try {
    names = await readdir(base, { recursive: isDeep })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw reasonOf(thrown, base, 'read')
  }
  const parts: Part[] = []
  for (const name of names) {
    const file = join(base, name)
    const [, stem = '', digits] = /^(.*?)(?:\.(\d{6,})(?:\.gz)?)?$/s.exec(file) ?? []
    if (matches(stem)) {
      parts.push({
        path: file,
        of: stem,
        number: digits === undefined ? undefined : Number(digits),
      })
    }
  }
  return parts.toSorted(
    (one, other) =>
      one.of.localeCompare(other.of) || (one.number ?? Infinity) - (other.number ?? Infinity),
  )
}

const sizeOf = async ({ path }: Part): Promise<number> =>
  (await stat(path).catch(() => undefined))?.size ?? 0 // rotated meanwhile

interface Lines {
  readonly lines: readonly ReceivedDocument[]
  /** Of the file, read so far. */
  readonly bytes: number
}

async function* linesOf(path: string, signal: AbortSignal): AsyncGenerator<Lines> {
  let lines: ReceivedDocument[] = []
  let number = 0
  const take = (text: string): void => {
    lines.push({ where: `${basename(path)}:${(number += 1)}`, document: parsed(text) })
  }
  const splitter = createLineSplitter({
    maxLineBytes: LONGEST_LINE,
    onLine: take,
    onTooLong: take,
    // An agent may be writing it.
    onRest: (text) => void (parsed(text) === undefined || take(text)),
  })
  const file = createReadStream(path, { signal })
  const stream = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  file.once('error', (error) => void stream.destroy(error))
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      splitter.write(chunk)
      for (; lines.length >= PAGE_LINES; lines = lines.slice(PAGE_LINES)) {
        yield { lines: lines.slice(0, PAGE_LINES), bytes: file.bytesRead }
      }
    }
    splitter.end()
  } catch (thrown) {
    if (signal.aborted) throw thrown
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT') return // rotated meanwhile, and read under its new name
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw reasonOf(thrown, path, 'read')
    lines.push({ where: `${basename(path)}:${number + 1}`, document: undefined })
  }
  if (lines.length > 0) yield { lines, bytes: file.bytesRead }
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text)
  } catch {
    return undefined // the entry it was is missing, and told so
  }
}
