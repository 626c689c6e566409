import type { Sequenced } from '../../model/entry.ts'

/** Writes an entry as one line of JSON, without the line's end. */
export type Format = (entry: Sequenced) => string
