import { Observable, type OperatorFunction } from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import type { Entry } from '../model/entry.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import type { Flowing, Group } from './flow.ts'

export interface GroupOptions {
  /** Most entries a group. Default 500. */
  readonly maxEntries?: number
  /** Approximate size of a group in bytes; one larger entry is a group of its own. Default 1 MiB. */
  readonly maxBytes?: number
  /** How long the first entry of a group waits for more, in ms; asked for each group. Default 5. */
  readonly lingerMs?: number | (() => number)
  /** How long a resume point without entries may wait, in ms. Default 1000. */
  readonly idleMs?: number
  readonly clock: Clock
}

/**
 * Puts what belongs into one transaction together: entries, and the resume point behind them.
 *
 *     source   ab---s-s-----c--s--|      lingerMs 2, idleMs 6; s is a Skipped
 *     output   --G--------H---I---(J|)   G = [a b], I = [c]; H and J only move the resume point
 *
 * The time begins with the first value of a group, no timer runs while nothing comes. `Skipped`
 * values are in no group: they move its resume point, alone each second or so. What is left is
 * flushed at the end.
 */
export function groupEntries(options: GroupOptions): OperatorFunction<Flowing, Group> {
  const { maxEntries = 500, maxBytes = 1_048_576, lingerMs = 5, idleMs = 1_000, clock } = options
  const linger = typeof lingerMs === 'number' ? (): number => lingerMs : lingerMs
  for (const [name, value] of Object.entries({ maxEntries, maxBytes })) {
    if (!(value >= 1)) throw new RangeError(`${name} must be at least 1, got ${value}`)
  }

  return (source) =>
    new Observable<Group>((output) => {
      let entries: Entry[] = []
      let bytes = 0
      let resume: ResumePoint | undefined
      /** At most two: the first entry's and the first lone resume point's. */
      let timers: (() => void)[] = []

      function disarm(): void {
        for (const cancel of timers) cancel()
        timers = []
      }

      function flush(): void {
        disarm()
        if (entries.length === 0 && resume === undefined) return
        const group = { entries, ...(resume === undefined ? {} : { resume }) }
        entries = []
        bytes = 0
        resume = undefined
        output.next(group)
      }

      function flushAfter(ms: number): void {
        timers.push(clock.after(ms, flush))
      }

      function add(entry: Entry): void {
        const size = approximateBytes(entry)
        if (entries.length > 0 && bytes + size > maxBytes) flush()
        entries.push(entry)
        bytes += size
        resume = resumeAfter(entry) ?? resume
        if (entries.length >= maxEntries || bytes >= maxBytes) flush()
        else if (entries.length === 1) flushAfter(linger())
      }

      output.add(disarm)
      output.add(
        source.subscribe({
          next(value) {
            if (value.kind !== 'skipped') add(value)
            else {
              const { engineId, id, time } = value
              if (entries.length === 0 && resume === undefined) flushAfter(idleMs)
              resume = { engineId, id, time }
            }
          },
          error: (error) => output.error(error),
          complete() {
            flush()
            output.complete()
          },
        }),
      )
    })
}

/** Only an observed event has a place in its engine's stream. */
function resumeAfter(entry: Entry): ResumePoint | undefined {
  if (entry.kind !== 'record' || entry.origin !== 'observed') return undefined
  return { engineId: entry.engine.id, id: entry.id, time: entry.time }
}

/** Its text and a flat amount for facts and the rest. */
function approximateBytes(entry: Entry): number {
  return entry.kind === 'record' ? entry.event.line.length + 1_000 : 300
}
