import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a directory, and those above it, unless it is there; rejects with the error of the system.
 * Not `mkdir({ recursive: true })`: that tries for ever where the system answers "no such file" for
 * a child of a directory that exists, as it does below `/proc`.
 *
 * @param mode of what is made, before the umask
 */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  const refused = await refusal(path, mode)
  if (refused === undefined) return
  const parent = dirname(path)
  if (refused.code !== 'ENOENT' || parent === path) throw refused
  await makeDirectory(parent, mode)
  // The parent exists: what is wrong now stays wrong.
  const still = await refusal(path, mode)
  if (still !== undefined) throw still
}

/** Tries to make this one; says why it is not there afterwards. */
async function refusal(path: string, mode: number): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path, { mode })
    return undefined
  } catch (thrown) {
    return (await isDirectory(path)) ? undefined : (thrown as NodeJS.ErrnoException)
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
