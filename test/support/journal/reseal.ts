import type { DatabaseSync } from 'node:sqlite'
import { registerChecksum } from '../../../src/journal/checksum.ts'
import { RESEAL_CURSORS } from '../../../src/journal/cursor-table.ts'
import { RESEAL_META } from '../../../src/journal/ledger.ts'

/** Gives the rows that steer a journal sound checksums: as a bug of ours leaves them, or who knows how. */
export function reseal(db: DatabaseSync): void {
  registerChecksum(db)
  db.exec(RESEAL_META)
  db.exec(RESEAL_CURSORS)
}
