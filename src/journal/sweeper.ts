import type { Clock } from '../actors/clock.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { WriteCaller } from './caller.ts'
import type { OwnEntry } from './own-entries.ts'

/** Looks at the journal each second, prunes in slices between the appends, and sets anchors. */
export interface Sweeper {
  /** Something was appended, and retention may have work. */
  appended(entries: number, pruneDue: boolean): void
  stop(): void
  /** Resolves when nothing of it is under way. */
  idle(): Promise<void>
}

const LOOK_EVERY_MS = 1_000
const MIN_SLICE = 1_000
/** What an append may have to wait for: some tens of ms. */
const MAX_SLICE = 10_000

export function createSweeper(options: {
  readonly writer: WriteCaller
  readonly clock: Clock
  readonly log: Log
  /** Gaps that tell sinks what was pruned, or an anchor. */
  readonly onOwn: (own: readonly OwnEntry[]) => void
  /** Another process changed something. */
  readonly onChange: () => void
}): Sweeper {
  const { writer, clock, log, onOwn, onChange } = options
  let sweeping: Promise<void> | undefined
  let looking: Promise<void> | undefined
  let appendedSince = 0
  let stopped = false
  let failing = false
  let makingRoom = false
  let cancel = clock.after(LOOK_EVERY_MS, tick)

  /** Slices grow with what is appended meanwhile, so that pruning keeps up. */
  async function sweep(): Promise<void> {
    for (;;) {
      if (stopped) return
      const rows = Math.min(MAX_SLICE, Math.max(MIN_SLICE, 2 * appendedSince))
      appendedSince = 0
      const pruned = await writer.call('prune', clock.nowNanos(), rows)
      if (pruned.gaps.length > 0) onOwn(pruned.gaps)
      tellRoom(pruned.forRoom)
      if (!pruned.more) break
    }
    failing = false
  }

  /** Once for each time that the disk is full. */
  function tellRoom(pruned: number): void {
    if (pruned > 0 && !makingRoom) {
      log.warn(
        {},
        'the disk is full: the oldest entries that no sink waits for make place for new ones',
      )
    }
    makingRoom ||= pruned > 0
  }

  function start(): void {
    if (sweeping !== undefined || stopped) return
    sweeping = sweep()
      .catch(complain)
      .finally(() => (sweeping = undefined))
  }

  async function look(): Promise<void> {
    const { changedOutside, pruneDue, anchorDue, isFull } = await writer.call(
      'look',
      clock.nowNanos(),
    )
    makingRoom &&= isFull
    if (changedOutside) onChange()
    if (pruneDue) start()
    const anchor = anchorDue ? await writer.call('anchor', clock.nowNanos()) : undefined
    if (anchor !== undefined) onOwn([anchor])
  }

  /** Tried again with the next look; the log says it once. */
  function complain(thrown: unknown): void {
    if (stopped || failing) return
    failing = true
    const err = asError(thrown)
    log.warn({ err }, `the journal can't be looked after: ${err.message}`)
  }

  function tick(): void {
    looking = look()
      .catch(complain)
      .finally(() => {
        if (!stopped) cancel = clock.after(LOOK_EVERY_MS, tick)
      })
  }

  return {
    appended(entries, pruneDue) {
      appendedSince += entries
      if (pruneDue) start()
    },
    stop() {
      stopped = true
      cancel()
    },
    async idle() {
      await looking
      await sweeping
    },
  }
}
