import { setImmediate } from 'node:timers/promises'
import { tap, type MonoTypeOperatorFunction } from 'rxjs'
import { createBell } from '../actors/bell.ts'
import type { Clock } from '../actors/clock.ts'
import { createRing } from '../actors/ring.ts'
import type { Entry } from '../model/entry.ts'
import type { Redactor } from '../model/redaction.ts'
import type { Flowing, Group, Skipped } from './flow.ts'

/** What can be tapped: behind the engine, and behind each stage of the pipeline. */
export const TAP_STAGES = [
  'source', 'filter', 'enrich', 'health-checks', 'annotate', 'redact', 'group',
] as const // prettier-ignore
export type TapStage = (typeof TAP_STAGES)[number]

/** What passed a stage, for whoever looks on. Secrets are taken out, also where the stage has them. */
export type Tapped =
  | Entry
  | Skipped
  /** Entries that are appended together. */
  | { readonly kind: 'group'; readonly entries: number; readonly from: bigint; readonly to: bigint }
  /** So many passed meanwhile that this reader was too slow for. */
  | { readonly kind: 'dropped'; readonly count: number }

export interface TapOptions {
  readonly stage: TapStage
  /** Asked of entries without their secrets, so that a filter can't guess them. Default: all. */
  readonly accepts?: (entry: Entry) => boolean
  readonly redactor: Pick<Redactor, 'entry'>
  readonly clock: Clock
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface Taps {
  /** Has to stand behind the stage. Costs a look at a variable while nobody taps. */
  behind<T extends Flowing | Group>(stage: TapStage): MonoTypeOperatorFunction<T>
  open(options: TapOptions): AsyncGenerator<Tapped, void>
}

/** What waits for a reader; what comes while it is full is dropped, with a count. */
const CAPACITY = 1_000
/** What is given out before others have their turn. */
const AT_ONCE = 50

interface Tap {
  put(value: Flowing | Group): void
}

/** Taps never wait and never make anybody wait: the pipeline only leaves a reference. */
export function createTaps(): Taps {
  const slots = new Map<TapStage, { taps: Set<Tap> | undefined }>(
    TAP_STAGES.map((stage) => [stage, { taps: undefined }]),
  )
  return {
    behind(stage) {
      const slot = slots.get(stage)!
      return tap((value) => {
        if (slot.taps === undefined) return
        for (const each of slot.taps) each.put(value)
      })
    },
    async *open({ stage, accepts, redactor, clock, signal }) {
      const slot = slots.get(stage)!
      const ring = createRing<Flowing | Group>(CAPACITY)
      const bell = createBell(clock)
      let dropped = 0
      const own: Tap = {
        put(value) {
          if (ring.size === CAPACITY) dropped += 1
          else ring.push(value)
          bell.ring()
        },
      }
      ;(slot.taps ??= new Set()).add(own)
      try {
        for (let given = 0; !signal.aborted;) {
          const value = ring.shift()
          if (value !== undefined) {
            const shown = shownOf(value, redactor, accepts)
            if (shown !== undefined) yield shown
            if ((given += 1) % AT_ONCE === 0) await setImmediate()
          } else if (dropped > 0) {
            const count = dropped
            dropped = 0
            yield { kind: 'dropped', count }
          } else await bell.wait(signal).catch(() => undefined) // ended
        }
      } finally {
        slot.taps.delete(own)
        if (slot.taps.size === 0) slot.taps = undefined
      }
    },
  }
}

function shownOf(
  value: Flowing | Group,
  redactor: Pick<Redactor, 'entry'>,
  accepts: TapOptions['accepts'],
): Tapped | undefined {
  if (!('kind' in value)) {
    const passing = value.entries
      .map((entry) => redactor.entry(entry))
      .filter((entry) => accepts?.(entry) ?? true)
    const times = passing.map(({ time }) => time).sort((a, b) => (a < b ? -1 : 1))
    const [from, to] = [times[0], times.at(-1)]
    return from === undefined || to === undefined
      ? undefined
      : { kind: 'group', entries: passing.length, from, to }
  }
  // Of what was passed over there is only the id left: no filter can be true of it.
  if (value.kind === 'skipped') return accepts === undefined ? value : undefined
  const entry = redactor.entry(value)
  return accepts?.(entry) === false ? undefined : entry
}
