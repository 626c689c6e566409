import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** When a file is rotated, and what becomes of the old ones. */
export interface Rotation {
  /** Most bytes of a file; `undefined`: it grows for ever. */
  readonly rotate?: number | undefined
  /** How many rotated files are kept. */
  readonly keep: number
  readonly gzip: boolean
}

/*
 * Rotated files carry a number that only grows: `a.ndjson.000001`, `a.ndjson.000002`, ... (`.gz` when
 * compressed), so that nothing is renamed twice and names sort by age.
 */

interface Rotated {
  readonly number: number
  readonly path: string
  readonly compressed: boolean
}

/** Gives the file the next number. */
export async function moveAside(path: string): Promise<void> {
  const next = ((await rotatedOf(path)).at(-1)?.number ?? 0) + 1
  await rename(path, `${path}.${String(next).padStart(6, '0')}`)
  await syncDirectory(dirname(path))
}

/** Compresses what is to be compressed and removes what is not kept; also what a crash left undone. */
export async function tidy(path: string, { keep, gzip }: Rotation): Promise<void> {
  const rotated = await rotatedOf(path)
  const numbers = [...new Set(rotated.map(({ number }) => number))]
  const oldestKept = numbers.at(-keep) ?? 0
  for (const file of rotated) {
    if (file.number < oldestKept) await rm(file.path, { force: true })
    else if (gzip && !file.compressed) await compress(file.path)
  }
}

/** All rotated files, oldest first. */
async function rotatedOf(path: string): Promise<Rotated[]> {
  const head = `${basename(path)}.`
  const rotated: Rotated[] = []
  for (const name of await readdir(dirname(path))) {
    const match = name.startsWith(head) ? /^(\d{6,})(\.gz)?$/.exec(name.slice(head.length)) : null
    if (match === null) continue
    const compressed = match[2] !== undefined
    rotated.push({ number: Number(match[1]), path: join(dirname(path), name), compressed })
  }
  return rotated.sort((one, other) => one.number - other.number)
}

/** The original goes when the compressed file is whole and on disk. */
async function compress(path: string): Promise<void> {
  const unfinished = `${path}.gz.tmp`
  try {
    await pipeline(
      createReadStream(path),
      createGzip(),
      createWriteStream(unfinished, { mode: 0o640, flush: true }),
    )
    await rename(unfinished, `${path}.gz`)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
  await rm(path)
}

/** Makes new names and removed ones last. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
