import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { damage } from './unusable.ts'

type Value = string | number | bigint | null | Uint8Array

const BYTES = 8

/**
 * Against bits that change on disk, which SQLite does not notice: rows that steer the journal (its
 * bounds, cursors, resume points) carry the checksum of their other columns. Entries and dead letters
 * have their hashes.
 */
function checksumOf(values: readonly Value[]): Uint8Array {
  const texts = values.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : `${typeof value} ${value}`,
  )
  return hash('sha256', JSON.stringify(texts), 'buffer').subarray(0, BYTES)
}

/** Makes the SQL function `checksum`, for statements that change such rows. */
export function registerChecksum(db: DatabaseSync): void {
  db.function('checksum', { varargs: true, deterministic: true }, (...values: unknown[]) =>
    checksumOf(values as Value[]),
  )
}

/**
 * Passes a row on that is as it was written.
 *
 * @param names of the columns the checksum is of, in the order of the statement that wrote it
 * @param what it is, for people
 * @throws damage where it is not
 */
export function checkedRow<R>(row: unknown, names: readonly string[], what: string): R {
  const { sum, ...rest } = row as { readonly [name: string]: Value }
  const wanted = checksumOf(names.map((name) => rest[name] ?? null))
  if (!(sum instanceof Uint8Array) || !Buffer.from(wanted).equals(sum)) {
    throw damage(`${what} changed on disk`)
  }
  return rest as R
}
