import { AuditorError, asError } from '../model/errors.ts'

/** SQLite's result codes that have a meaning to people. */
export const sqliteCodes = {
  error: 1,
  permission: 3,
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const

/** SQLite calls it an I/O error that a file ends before its pages do: somebody cut it short. */
const SHORT_READ = 522

/** Of a header that no SQLite has written: a bit of it was flipped. */
const ODD_FORMAT = 'unsupported file format'

/**
 * The primary result code of an error of SQLite's, `corrupt` for a file that was cut short; `undefined`
 * for other errors.
 */
export function errcodeOf(thrown: unknown): number | undefined {
  const errcode = (thrown as { errcode?: unknown } | undefined)?.errcode
  if (errcode === SHORT_READ) return sqliteCodes.corrupt
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

/** The file is no sound database. */
export function isDamage(thrown: unknown): boolean {
  const errcode = errcodeOf(thrown)
  if (errcode === sqliteCodes.error) return asError(thrown).message === ODD_FORMAT
  return errcode === sqliteCodes.corrupt || errcode === sqliteCodes.notADatabase
}

/**
 * The disk is full or does not work. A quota is told as an I/O error by SQLite, and so is a full disk
 * where the file that its connections share can't grow.
 */
export function isDiskTrouble(thrown: unknown): boolean {
  return isFull(thrown) || errcodeOf(thrown) === sqliteCodes.io
}

/** There is no room on the disk, or in its owner's quota. */
function isFull(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | undefined)?.code
  return errcodeOf(thrown) === sqliteCodes.full || code === 'ENOSPC' || code === 'EDQUOT'
}

/** For what SQLite does not notice. */
export function damage(message: string): Error {
  return Object.assign(new Error(message), { errcode: sqliteCodes.corrupt })
}

const ELSEWHERE = 'choose another place with --data or AUDITOR_DATA'

/**
 * What went wrong with a data directory, in one line that names the cure. Errors that are neither
 * SQLite's nor the file system's stay what they are.
 */
export function explain(dir: string, thrown: unknown): Error {
  if (thrown instanceof AuditorError) return thrown
  const text = bySystem(dir, thrown) ?? bySqlite(dir, thrown)
  return text === undefined
    ? asError(thrown)
    : new AuditorError(isFull(thrown) ? 'journal-full' : 'journal-unusable', text, {
        cause: thrown,
      })
}

/** What the file system's codes mean, and the cure. */
const system: { readonly [code: string]: string } = {
  EACCES: `permission denied; ${ELSEWHERE}`,
  EPERM: `permission denied; ${ELSEWHERE}`,
  EROFS: `the file system is read-only; ${ELSEWHERE}`,
  ENOTDIR: `it is not a directory; ${ELSEWHERE}`,
  EEXIST: `it is not a directory; ${ELSEWHERE}`,
  ENOENT: `no such directory, and it can't be made; ${ELSEWHERE}`,
  ENOSPC: `the disk is full; free space there, or ${ELSEWHERE}`,
  EDQUOT: `the disk is full; free space there, or ${ELSEWHERE}`,
}

function bySystem(dir: string, thrown: unknown): string | undefined {
  const meaning = system[String((thrown as { code?: unknown } | undefined)?.code)]
  return meaning === undefined ? undefined : `cannot write to ${dir}: ${meaning}`
}

function bySqlite(dir: string, thrown: unknown): string | undefined {
  const errcode = errcodeOf(thrown)
  if (errcode === undefined) return undefined
  const why = asError(thrown).message
  switch (errcode) {
    case sqliteCodes.full:
      return `cannot write to ${dir}: the disk is full; free space there, or ${ELSEWHERE}`
    case sqliteCodes.permission:
    case sqliteCodes.readOnly:
    case sqliteCodes.cantOpen:
      return `cannot open the journal in ${dir}: ${why}; its files must be yours, or ${ELSEWHERE}`
    case sqliteCodes.busy:
      return `the journal in ${dir} is held by another process: ${why}; try again`
    case sqliteCodes.io:
      return `cannot read or write the journal in ${dir}: ${why}; check the disk, or ${ELSEWHERE}`
    case sqliteCodes.corrupt:
    case sqliteCodes.notADatabase:
      return `the journal in ${dir} is damaged: ${why}; sinks get what can be read; to begin anew, stop the agent and move journal.db* away`
    default:
      return `the journal in ${dir} can't be used: ${why}`
  }
}
