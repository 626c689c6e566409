import type { DatabaseSync } from 'node:sqlite'
import type { Seq } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createCursorTable } from './cursor-table.ts'
import { createCuts } from './cuts.ts'
import { createSizes, writing } from './database.ts'
import { createDroppedReader, quotaGaps, type Dropped } from './dropped.ts'
import type { Ledger } from './ledger.ts'
import { addOwn, type OwnEntry } from './own-entries.ts'
import type { Room } from './room.ts'
import { unlessDamaged } from './salvage.ts'
import { isDiskTrouble } from './unusable.ts'

/** How long and how much a journal keeps; without limits everything is kept. */
export interface Retention {
  /**
   * Entries older than this are pruned, by the time of what they tell. What a sink has not confirmed
   * stays, and so does what stands behind it, up to the sink's own `maxLagMs`; then the sink is told
   * by a gap.
   */
  readonly maxAgeMs?: number
  /**
   * Of the database's used pages; at least 1 MiB. The oldest goes first, confirmed or not, and dead
   * letters as old with it; a sink that misses something is told by a gap.
   */
  readonly maxBytes?: number
}

const MIN_BYTES = 1024 * 1024

/** @throws AuditorError `config-invalid` */
export function checkRetention({ maxAgeMs, maxBytes }: Retention): void {
  if (maxAgeMs !== undefined && !(maxAgeMs > 0)) {
    throw new AuditorError('config-invalid', `retention: an age of ${maxAgeMs} ms keeps nothing`)
  }
  if (maxBytes !== undefined && !(maxBytes >= MIN_BYTES)) {
    throw new AuditorError(
      'config-invalid',
      `retention: the journal needs at least 1 MiB, got ${maxBytes} bytes`,
    )
  }
}

/** What one slice did. */
export interface Pruned {
  readonly pruned: number
  /** The gaps that tell sinks what they missed; they are entries like others. */
  readonly gaps: readonly OwnEntry[]
  /** How many of them went because the disk is full. */
  readonly forRoom: number
  /** Whether another slice is due. */
  readonly more: boolean
}

export interface Pruner {
  /** Whether something is over a limit; O(1). */
  isDue(now: Nanoseconds): boolean
  /**
   * Prunes at most so many entries (or dead letters older than all entries), in one transaction: a
   * slice is what an append may have to wait for.
   */
  slice(now: Nanoseconds, maxRows: number): Pruned
}

/** Free pages given back to the file system a slice; the rest is kept for the next appends. */
const VACUUM_PAGES = 256
const KEPT_FREE_BYTES = 4 * 1024 * 1024
/** Pruned below the limit by this part, so that not every append finds the journal full. */
const HEADROOM = 1 / 64
/** On a full disk, room in the database that is still enough, as a part of what is wanted. */
const ENOUGH_ROOM = 3 / 4
/** Pruning itself takes room in the write-ahead log. */
const ROWS_ON_A_FULL_DISK = 500

/** A few gaps for sinks may stand before what has to go. */
const LOOK_ROWS = 16

export function createPruner(
  db: DatabaseSync,
  ledger: Ledger,
  retention: Retention,
  room: Pick<Room, 'wanted'>,
): Pruner {
  const { maxAgeMs, maxBytes = Number.POSITIVE_INFINITY } = retention
  const sizes = createSizes(db)
  const cursors = createCursorTable(db)
  const cuts = createCuts(db, cursors)
  const dropped = createDroppedReader(db)
  const hashOf = db.prepare('SELECT hash FROM entries WHERE seq = ?')
  const prune = db.prepare('DELETE FROM entries WHERE seq <= ?')
  const pruneAddressed = db.prepare('DELETE FROM addressed WHERE seq <= ?')

  const base = (): Seq => ledger.bounds().baseSeq
  const excess = (): number => sizes.used() - maxBytes
  const cutByAge = (now: Nanoseconds, maxRows: number): Seq =>
    maxAgeMs === undefined ? base() : cuts.byAge(ledger.bounds(), now, maxAgeMs, maxRows)
  /** Bytes that are wanted in free pages since the disk is full; what is settled can go for them. */
  function shortage(): number {
    const wanted = room.wanted()
    const free = sizes.freeBytes()
    return free < wanted * ENOUGH_ROOM ? wanted - free : 0
  }

  /** The oldest of what no sink waits for. */
  function cutForRoom(maxRows: number): Seq {
    const missing = shortage()
    if (missing === 0) return base()
    const settled = cuts.confirmedByAll(ledger.bounds().nextSeq - 1)
    return cuts.bySize(base(), missing, maxRows, settled)
  }

  /** Where the oldest are on a damaged page it is not known: who prunes then says why it can't. */
  const isDue = (now: Nanoseconds): boolean =>
    unlessDamaged(
      () => excess() > 0 || cutByAge(now, LOOK_ROWS) > base() || cutForRoom(1) > base(),
    ) ?? true

  /** Everything up to `cut` goes; answers what sinks had not confirmed of it. */
  function pruneTo(cut: Seq): Dropped[] {
    if (cut === base()) return []
    const missed: Dropped[] = []
    for (const { sink, confirmed } of cursors.all()) {
      if (confirmed >= cut) continue
      const waiting = cursors.countFor(sink, confirmed, cut)
      if (waiting > 0) missed.push(dropped.entries(sink, confirmed, cut, waiting))
      cursors.drop(sink, cut, waiting)
    }
    const { hash } = hashOf.get(cut) as { hash: Uint8Array }
    prune.run(cut)
    pruneAddressed.run(cut)
    ledger.rebase(cut, hash)
    return missed
  }

  /** Dead letters up to `cut` are as old as what goes for want of room, so they go too. */
  function pruneDeadLetters(cut: Seq): Dropped[] {
    const missed = cursors
      .all()
      .map(({ sink }) => dropped.deadLetters(sink, cut))
      .filter((each) => each !== undefined)
    for (const { sink, waiting } of missed) cursors.drop(sink, 0, waiting)
    return missed
  }

  /** The oldest first: dead letters whose entries went before, then entries. */
  function makeRoom(bytes: number, maxRows: number): Dropped[] {
    const orphans = cuts.byOrphans(base(), maxRows)
    if (orphans !== undefined) return pruneDeadLetters(orphans)
    const cut = cuts.bySize(base(), bytes + maxBytes * HEADROOM, maxRows)
    return [...pruneTo(cut), ...pruneDeadLetters(cut)]
  }

  function tell(missed: readonly Dropped[]): Pruned['gaps'] {
    const tail = ledger.tail()
    const written = quotaGaps(missed, ledger.bounds().nextSeq)
    const gaps = addOwn(tail, written)
    tail.finish()
    return gaps
  }

  function vacuum(): void {
    try {
      db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown // it can wait until there is room to do it
    }
  }

  return {
    isDue,
    slice(now, most) {
      const isFull = room.wanted() > 0
      const maxRows = isFull ? Math.min(most, ROWS_ON_A_FULL_DISK) : most
      const { pruned, forRoom, gaps } = writing(db, () => {
        const before = base()
        const late = pruneTo(cutByAge(now, maxRows))
        const left = (): number => maxRows - (base() - before)
        const over = excess()
        const missed = over > 0 && left() > 0 ? makeRoom(over, left()) : []
        const kept = base()
        if (left() > 0) pruneTo(cutForRoom(left())) // nobody waits for these
        return { pruned: base() - before, forRoom: base() - kept, gaps: tell([...late, ...missed]) }
      })
      // On a full disk the free pages are ours: given back, anybody could take them.
      if (!isFull && sizes.freeBytes() > KEPT_FREE_BYTES) {
        vacuum()
      }
      const progress = pruned > 0 || gaps.length > 0
      return { pruned, forRoom, gaps, more: progress && isDue(now) }
    },
  }
}
