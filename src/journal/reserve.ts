import { randomFillSync } from 'node:crypto'
import { closeSync, ftruncateSync, fstatSync, openSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDiskTrouble } from './unusable.ts'

/** Room on the disk that is held for the day when there is none. */
export interface Reserve {
  /** What it holds when it stands. */
  readonly bytes: number
  /** Gives a part of it back to the disk; false where nothing is left of it. */
  giveUp(): boolean
  /** Takes what it misses, unless the disk would be as good as full then; true when it stands. */
  build(): boolean
}

export const RESERVE_FILE = 'journal.reserve'

/** Given up a part at a time: who else fills the disk shall not get all of it at once. */
const PARTS = 4
/** What must be free beside it, as a part of it: else the next appends would give it up again. */
const SLACK = 1 / 4
const BLOCK_BYTES = 1024 * 1024

/** Nothing is held: a journal in memory, and a short visit beside the agent. */
export const noReserve: Reserve = { bytes: 0, giveUp: () => false, build: () => true }

/**
 * Holds the room in a file, which outlives the process. It is filled with chance, since file systems
 * that compress would hold nothing for zeros.
 */
export function createReserve(file: string, bytes: number): Reserve {
  let stands = false

  function opened<T>(work: (fd: number) => T): T {
    const fd = openSync(file, 'a', 0o600)
    try {
      return work(fd)
    } finally {
      closeSync(fd)
    }
  }

  /** False where there is no room for it, or no telling. */
  function build(): boolean {
    try {
      return opened((fd) => {
        const { size } = fstatSync(fd)
        if (size < bytes && freeBytes(dirname(file)) < bytes - size + bytes * SLACK) return false
        try {
          fill(fd, size, bytes)
          return true
        } catch {
          ftruncateSync(fd, size)
          return false
        }
      })
    } catch {
      return false // what hinders it will hinder the journal, which says so
    }
  }

  return {
    bytes,
    giveUp() {
      stands = false
      try {
        return opened((fd) => {
          const { size } = fstatSync(fd)
          ftruncateSync(fd, Math.max(0, size - Math.ceil(bytes / PARTS)))
          return size > 0
        })
      } catch {
        return false // there never was one, and a full disk has no room for an empty file either
      }
    },
    build: () => (stands ||= build()),
  }
}

function fill(fd: number, from: number, to: number): void {
  const block = randomFillSync(Buffer.alloc(Math.min(BLOCK_BYTES, to)))
  for (let at = from; at < to;) at += writeSync(fd, block, 0, Math.min(block.length, to - at))
}

/**
 * Does what may find the disk full; then room of the reserve is given up until it can be done, or
 * none is left.
 *
 * @param onTrouble told of each failure that is the disk's
 */
export function withReserve<T>(
  reserve: Reserve,
  work: () => T,
  onTrouble: (thrown: unknown) => void = () => undefined,
): T {
  for (;;) {
    try {
      return work()
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown
      onTrouble(thrown)
      if (!reserve.giveUp()) throw thrown
    }
  }
}

function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize
}
