import type { FileHandle } from 'node:fs/promises'

const NEWLINE = 0x0a
/** A torn line longer than this is ended, not cut. */
const LONGEST_TAIL = 32 * 1024 * 1024
const FIRST_STEP = 64 * 1024

/**
 * Makes a file end with a whole line and returns its size. A tail without its line's end is what a
 * crash left of a write that was never confirmed: if it is a whole JSON text it gets its line's end,
 * if it is the beginning of one of our lines it is cut off (the entry is delivered again), and
 * anything else is not ours: it is kept and ended.
 */
export async function repairTail(handle: FileHandle, size: number): Promise<number> {
  const tail = await tailOf(handle, size)
  if (tail === '') return size
  if (tail !== undefined && tail.startsWith('{') && !isJson(tail)) {
    const whole = size - tail.length
    await handle.truncate(whole)
    return whole
  }
  await handle.appendFile('\n')
  return size + 1
}

/** The bytes after the last line's end, one a character; `undefined` where they are too many. */
async function tailOf(handle: FileHandle, size: number): Promise<string | undefined> {
  for (let step = FIRST_STEP; step <= LONGEST_TAIL; step *= 2) {
    const start = Math.max(0, size - step)
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    )
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (at >= 0 || start === 0) return buffer.toString('latin1', at + 1, bytesRead)
  }
  return undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
