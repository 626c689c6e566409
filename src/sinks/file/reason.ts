import { asError } from '../../model/errors.ts'

const words: { readonly [code: string]: string } = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not grow further',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  EISDIR: 'a directory is in the way',
  ENOTDIR: 'a part of the path is not a directory',
  ENOENT: 'the directory is gone',
  EMFILE: 'too many open files',
  EIO: 'the disk failed',
}

/** What the system said of a file, for people. */
export function reasonOf(thrown: unknown, path: string, doing: 'write' | 'read' = 'write'): Error {
  const cause = asError(thrown)
  const { code, path: at } = cause as NodeJS.ErrnoException
  if (code === undefined) return cause
  const word = code === 'ENOENT' && doing === 'read' ? 'no such file' : words[code]
  const what = word === undefined ? cause.message : `${word} (${code})`
  return new Error(`cannot ${doing} ${at ?? path}: ${what}`, { cause })
}
