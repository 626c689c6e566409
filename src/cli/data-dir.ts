import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Where the journal lives: what was asked for, else `/var/lib/auditor` where that can be written or
 * made, else `$XDG_STATE_HOME/auditor` (`~/.local/state/auditor`).
 */
export function dataDir(
  wanted: string | undefined,
  environment: Readonly<{ [name: string]: string | undefined }>,
  systemDir = '/var/lib/auditor',
): string {
  if (wanted !== undefined) return wanted
  if (isWritable(systemDir) || (!exists(systemDir) && isWritable(dirname(systemDir))))
    return systemDir
  const state = environment['XDG_STATE_HOME']
  return join(
    state === undefined || state === '' ? join(homedir(), '.local', 'state') : state,
    'auditor',
  )
}

const exists = (path: string): boolean => can(path, constants.F_OK)
const isWritable = (path: string): boolean => can(path, constants.W_OK)

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
