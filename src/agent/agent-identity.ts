import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { JOURNAL_FILE } from '../journal/directory.ts'

/** Who answers at `/readyz`. */
export interface AgentIdentity {
  readonly version: string
  readonly pid: number
  /** The data directory as this process sees it. */
  readonly data: string
  /** Which journal it is, whatever the path that leads there: see `journalIdentity`. */
  readonly journal: string
}

/** @param dir the data directory of an open journal */
export function agentIdentity(dir: string, version: string): AgentIdentity {
  const journal = journalIdentity(dir) ?? ''
  return { version, pid: process.pid, data: resolve(dir), journal }
}

/**
 * Device and inode of a journal's file: the same inside and outside of a container that mounts it.
 * `undefined` where there is none.
 */
export function journalIdentity(dir: string): string | undefined {
  const stat = statSync(join(dir, JOURNAL_FILE), { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`
}
