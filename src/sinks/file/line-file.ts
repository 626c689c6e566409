import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDirectory } from '../../actors/make-directory.ts'
import { repairTail } from './repair-tail.ts'
import { moveAside, syncDirectory, tidy, type Rotation } from './rotation.ts'

/** A file of whole lines. */
export interface LineFile {
  readonly path: string
  /** False when somebody has moved or removed it: then it must be opened again. */
  isInPlace(): Promise<boolean>
  /** Resolves when the lines are on disk. When it rejects, the file ends with a whole line. */
  append(lines: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Text is written in pieces of about this many UTF-16 units. */
const PIECE = 1024 * 1024

/**
 * Opens a file for appending and makes its directories; a last line that a crash left torn is
 * repaired.
 */
export async function openLineFile(path: string, rotation: Rotation): Promise<LineFile> {
  await makeDirectory(dirname(path))
  await refuseOddities(path)
  let { handle, size } = await openAtEnd(path)
  if (rotation.rotate !== undefined) await tidy(path, rotation)

  async function rotate(): Promise<void> {
    await handle.datasync()
    await handle.close()
    await moveAside(path)
    ;({ handle, size } = await openAtEnd(path))
    await tidy(path, rotation)
  }

  async function write(text: string): Promise<void> {
    const data = Buffer.from(text)
    if (rotation.rotate !== undefined && size > 0 && size + data.length > rotation.rotate) {
      await rotate()
    }
    const before = size
    try {
      await handle.appendFile(data)
      size += data.length
    } catch (error) {
      // What was written of it would be a torn line; cutting it off needs no space. Should even this
      // fail, the next opening repairs.
      await handle.truncate(before).catch(() => undefined)
      throw error
    }
  }

  return {
    path,
    async isInPlace() {
      const [here, there] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)])
      return here.ino === there?.ino && here.dev === there.dev && here.size === size
    },
    async append(lines) {
      for (const piece of piecesOf(lines, rotation.rotate)) await write(piece)
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}

/** Lines joined to pieces; with rotation a piece is small enough to rotate between lines. */
function* piecesOf(lines: readonly string[], rotate: number | undefined): Generator<string> {
  const most = Math.min(PIECE, rotate ?? PIECE)
  let piece = ''
  let bytes = 0
  for (const line of lines) {
    const more = Buffer.byteLength(line)
    if (piece !== '' && bytes + more > most) {
      yield piece
      piece = ''
      bytes = 0
    }
    piece += line
    bytes += more
  }
  if (piece !== '') yield piece
}

async function openAtEnd(path: string): Promise<{ handle: FileHandle; size: number }> {
  const { O_APPEND, O_CREAT, O_RDWR } = constants
  const handle = await open(path, O_APPEND | O_CREAT | O_RDWR, 0o640)
  try {
    const { size } = await handle.stat()
    if (size > 0) return { handle, size: await repairTail(handle, size) }
    await syncDirectory(dirname(path))
    return { handle, size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Opening a pipe nobody reads waits for ever; a directory has lines of another kind. */
async function refuseOddities(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there === undefined || there.isFile()) return
  const what = there.isDirectory() ? 'a directory is in the way' : 'it is not a regular file'
  throw new Error(`cannot write ${path}: ${what}`)
}
