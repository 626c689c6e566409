import { setTimeout as wait } from 'node:timers/promises'
import { openJournalView } from '../../../src/journal/open.ts'
import { millisFromNanos } from '../../../src/model/time.ts'

/** How far a sink was behind while one was at fault, in ms: that one, or one that never was so far. */
export interface Lag {
  readonly fault: string
  readonly sink: string
  readonly p50: number
  readonly max: number
  readonly samples: number
}

/** Looks again and again how old the oldest entry is that a sink has not got. */
export interface Lags extends AsyncDisposable {
  /** From now on this sink is at fault; `undefined`: none, and nothing is noted. */
  during(fault: string | undefined): void
  all(): readonly Lag[]
  /** A line for each fault. */
  table(): readonly string[]
}

const EVERY_MS = 100

/** @param dir the data directory of an agent that runs */
export async function watchLags(dir: string): Promise<Lags> {
  const view = await openJournalView(dir)
  const ending = new AbortController()
  const noted = new Map<string, Map<string, number[]>>()
  let fault: string | undefined

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      const present = fault
      const cursors = await view.cursors()
      const now = BigInt(Date.now()) * 1_000_000n
      if (present !== undefined && present === fault) {
        const bySink = noted.getOrInsertComputed(present, () => new Map())
        for (const { sink, oldestPending = now } of cursors) {
          if (sink !== present && noted.has(sink)) continue // it may still be catching up
          bySink.getOrInsertComputed(sink, () => []).push(millisFromNanos(now - oldestPending))
        }
      }
      await wait(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }

  const watching = watch()
  const all = (): Lag[] =>
    [...noted].flatMap(([during, bySink]) =>
      [...bySink].map(([sink, lags]) => {
        const sorted = lags.toSorted((a, b) => a - b)
        const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
        return { fault: during, sink, p50: at(0.5), max: at(1), samples: lags.length }
      }),
    )
  return {
    during(name) {
      fault = name
    },
    all,
    table: () =>
      [...noted.keys()].map((name) => {
        const those = all().filter(({ fault: at }) => at === name)
        const text = those.map(({ sink, p50, max }) => `${sink} ${p50} ms, at most ${max} ms`)
        return `behind while ${name} was at fault: ${text.join('; ')}`
      }),
    async [Symbol.asyncDispose]() {
      ending.abort()
      await watching
      await view[Symbol.asyncDispose]()
    },
  }
}
