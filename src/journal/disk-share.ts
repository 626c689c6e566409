import { statfsSync } from 'node:fs'
import { MAX_TRANSACTION_BYTES } from './group-commit.ts'

/** How much of the disk a journal takes beside its database. */
export interface DiskShare {
  /** Pages of the write-ahead log before it is folded into the database. */
  readonly logPages: number
  readonly reserveBytes: number
}

const PAGE_BYTES = 4096
const MIB = 1024 * 1024
/** A large log makes appending quick; a small disk, or a small journal, has none to spare. */
const LOG_PART = 1 / 64
const MIN_LOG_BYTES = MIB
const MAX_LOG_BYTES = 32 * MIB
/** By so much a single transaction may overshoot the log: its texts, and the pages that change with them. */
const TRANSACTION_BYTES = 4 * MAX_TRANSACTION_BYTES

/**
 * The reserve is large enough to fold a whole log into the database when nothing else is left: after
 * that the log's own room is used again, and neither cursors nor pruning need more.
 *
 * @param maxBytes what the journal may grow to
 */
export function diskShareOf(dir: string, maxBytes = Number.POSITIVE_INFINITY): DiskShare {
  const part = Math.min(diskBytes(dir), maxBytes) * LOG_PART
  const logBytes = Math.min(MAX_LOG_BYTES, Math.max(MIN_LOG_BYTES, part))
  return {
    logPages: Math.floor(logBytes / PAGE_BYTES),
    reserveBytes: Math.floor(Math.min(logBytes + TRANSACTION_BYTES, maxBytes / 2)),
  }
}

function diskBytes(dir: string): number {
  try {
    const { blocks, bsize } = statfsSync(dir)
    return blocks * bsize
  } catch {
    return Number.POSITIVE_INFINITY // whoever opens the journal there says what is wrong
  }
}
