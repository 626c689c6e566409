import * as fc from 'fast-check'
import { createAlerter } from '../../../src/alerts/alerter.ts'
import { decodeSaved, type AlertStore, type SavedAlerts } from '../../../src/alerts/store.ts'
import type { AlertRule } from '../../../src/config/alert-rules.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import type { AlertEntry } from '../../../src/model/alert.ts'
import { findingOf, lifeOf } from '../../../src/model/entry-factory.ts'
import type { EngineRef, Entry } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createManualClock } from '../manual-clock.ts'

const engine: EngineRef = { id: 'e1', name: 'host', version: '28', apiVersion: '1.51' }
export const COOLDOWN_MS = 10_000
export const RULES: readonly AlertRule[] = [
  { name: 'crashed', when: 'kind:life cause:crashed', by: 'lineage', cooldown: COOLDOWN_MS },
  { name: 'loop', when: 'finding:restart-loop', by: 'lineage', cooldown: COOLDOWN_MS },
]

export type Step =
  | { readonly do: 'crashed' | 'stopped' | 'opened' | 'resolved'; readonly who: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** The process is gone: at once, or behind the next file or group that is written. */
  | { readonly do: 'kill'; readonly when: 'now' | 'saved' | 'appended' }
  | { readonly do: 'restart' }

const who = fc.nat(2)
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('crashed' as const, 'crashed', 'stopped'), who }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('opened' as const, 'resolved'), who }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 3_000, 9_999, 10_000, 12_000) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), when: fc.constantFrom('now' as const, 'saved', 'appended') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  ),
  { minLength: 1, maxLength: 30 },
) // prettier-ignore

/** What the journal has at the end, with when it came there. */
export interface Told {
  readonly alert: AlertEntry
  readonly at: number
}

export interface Outcome {
  readonly told: readonly Told[]
  /** Crashes by lineage. */
  readonly crashes: ReadonlyMap<string, number>
}

export interface Bugs {
  readonly rules?: readonly AlertRule[]
  readonly spoil?: (saved: SavedAlerts) => SavedAlerts | undefined
}

/** Lives a story through in virtual time, and then waits until all is quiet. */
export async function tellStory(
  story: readonly Step[],
  { rules = RULES, spoil = (saved) => saved }: Bugs = {},
): Promise<Outcome> {
  const clock = createManualClock()
  await using journal = createMemoryJournal({ clock })
  const told: Told[] = []
  const crashes = new Map<string, number>()
  let file: string | undefined
  let process = { isAlive: true }
  let stop: () => Promise<void>
  let killBehind: 'saved' | 'appended' | undefined
  let number = 0

  const never = new Promise<never>(() => undefined)
  journal.appended$.subscribe(({ entries }) => {
    for (const alert of entries)
      if (alert.kind === 'alert') told.push({ alert, at: clock.monotonic() })
  })

  function start(): void {
    const own = { isAlive: true }
    process = own
    const store: AlertStore = {
      load: async () => (file === undefined ? undefined : spoil(decodeSaved(file))),
      async save(saved) {
        if (!own.isAlive) return never
        file = JSON.stringify(saved, (_, value: unknown) => typeof value === 'bigint' ? String(value) : value) // prettier-ignore
        if (killBehind === 'saved') return gone(own)
      },
    }
    const alerter = createAlerter({
      rules,
      journal,
      store,
      clock,
      log: silentLog,
      async append(entries) {
        if (!own.isAlive) return never
        await journal.append(entries)
        if (killBehind === 'appended') return gone(own)
      },
    })
    const ending = new AbortController()
    const ended = alerter
      .run({ name: 'alerts', signal: ending.signal, clock, restarts: 0 })
      .catch(() => undefined)
    stop = async () => {
      ending.abort(new Error('stopped'))
      await clock.settle()
      if (own.isAlive) await ended
    }
  }

  function gone(own: { isAlive: boolean }): Promise<never> {
    own.isAlive = false
    killBehind = undefined
    return never
  }

  async function revive(): Promise<void> {
    await clock.settle()
    while (!process.isAlive) {
      await stop()
      start()
      await clock.settle() // it may be killed while it begins
    }
  }

  async function live(step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        await clock.advance(step.ms)
        break
      case 'kill':
        if (step.when === 'now') process.isAlive = false
        else killBehind = step.when
        break
      case 'restart':
        await stop()
        start()
        break
      case 'crashed':
      case 'stopped':
      case 'opened':
      case 'resolved': {
        await clock.advance(1) // every entry has a moment of its own
        number += 1
        await journal.append([entryOf(step, clock.nowNanos(), number)])
        const name = `c${step.who}`
        if (step.do === 'crashed') crashes.set(name, (crashes.get(name) ?? 0) + 1)
      }
    }
  }

  start()
  await clock.settle()
  for (const step of story) {
    await live(step)
    await revive()
  }
  killBehind = undefined
  await revive()
  // Loops that were never over are not waited for.
  for (const each of [0, 1, 2]) await live({ do: 'resolved', who: each })
  await clock.advance(10 * COOLDOWN_MS)
  await stop!()
  return { told, crashes }
}

function entryOf(step: Step & { readonly who: number }, time: bigint, number: number): Entry {
  const name = `c${step.who}`
  const common = {
    time,
    container: { id: name, name, image: 'web:1' },
    lineage: { key: `name:${name}`, name },
  }
  if (step.do === 'opened' || step.do === 'resolved') {
    const rest = { evidence: [], numbers: {}, details: [], said: `${name}: a loop` }
    return findingOf(engine, { ...common, ...rest, finding: 'restart-loop', state: step.do })
  }
  return lifeOf(engine, {
    ...common,
    cause: step.do === 'crashed' ? 'crashed' : 'stopped',
    number,
    run: number,
    evidence: [],
    notes: [],
    ooms: 0,
    pausedNanos: 0n,
    healthFlips: 0,
    execs: 0,
  })
}
