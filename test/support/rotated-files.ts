import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The current file and its rotated ones, oldest first, the current one last. */
export async function filesOf(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch((): string[] => [])
  const rotated = names.filter((name) => name.startsWith(`${basename(path)}.`)).sort()
  const current = names.includes(basename(path)) ? [basename(path)] : []
  return [...rotated, ...current].map((name) => join(dirname(path), name))
}

/** Every line of all of them; fails where a file does not end with a whole line. */
export async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = []
  for (const file of await filesOf(path)) {
    const bytes = await readFile(file)
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    if (text !== '' && !text.endsWith('\n')) throw new Error(`${file} ends within a line`)
    lines.push(...text.split('\n').slice(0, -1))
  }
  return lines
}
