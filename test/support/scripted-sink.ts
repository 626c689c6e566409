import * as fc from 'fast-check'
import type { Batch, Delivery } from '../../src/model/delivery.ts'
import type { Seq } from '../../src/model/entry.ts'
import type { Sink } from '../../src/sinks/sink.ts'

/** How a sink behaves at one call. */
export type Behaviour =
  | { readonly does: 'deliver' | 'throw' | 'hang' | 'refuse' | 'bug' | 'stay-closed' }
  | { readonly does: 'slow'; readonly ms: number }
  | { readonly does: 'partial'; readonly every: number }
  | { readonly does: 'retry'; readonly afterMs?: number }

export const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom('deliver', 'throw', 'hang', 'refuse', 'bug', 'stay-closed'),
    }),
  },
  fc.record({ does: fc.constant('slow' as const), ms: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ does: fc.constant('partial' as const), every: fc.integer({ min: 1, max: 3 }) }),
  fc.record(
    { does: fc.constant('retry' as const), afterMs: fc.integer({ min: 0, max: 90_000 }) },
    { requiredKeys: ['does'] },
  ),
)

/** What one call asked for, and when. */
export interface Call {
  readonly at: number
  readonly seqs: readonly Seq[]
  /** How many other calls were open that had not been called off. */
  readonly beside: number
}

export interface ScriptedSink extends Sink {
  readonly calls: readonly Call[]
  /** Every place the sink has taken, in the order it took them; repeats included. */
  readonly received: readonly Seq[]
  /** From now on it behaves. */
  heal(): void
}

/**
 * A sink that goes through a list of behaviours, one a call, then behaves; with entries it never
 * takes (`isPoison`) it refuses the batch, or the entries where it answers in part, and of others
 * (`isSick`) it dies without an answer.
 */
export function createScriptedSink(
  name: string,
  script: readonly Behaviour[],
  clock: { monotonic(): number; sleep(ms: number): Promise<void> },
  isPoison: (seq: Seq) => boolean = () => false,
  isSick: (seq: Seq) => boolean = () => false,
): ScriptedSink {
  const calls: Call[] = []
  const received: Seq[] = []
  let rest = [...script]
  const open = new Set<AbortSignal>()

  function take(batch: Batch): Delivery {
    const seqs = batch.entries.map(({ seq }) => seq)
    if (seqs.some(isPoison)) return { status: 'refused', cause: new Error('poison') }
    received.push(...seqs)
    return { status: 'delivered' }
  }

  function takePart(batch: Batch, every: number): Delivery {
    const seqs = batch.entries.map(({ seq }) => seq)
    const refused = seqs.filter(isPoison).map((seq) => ({ seq, reason: 'poison' }))
    const good = seqs.filter((seq) => !isPoison(seq))
    const retry = good.filter((_, index) => index % every === 0)
    received.push(...good.filter((seq) => !retry.includes(seq)))
    return { status: 'partial', retry, refused }
  }

  async function behave(batch: Batch): Promise<Delivery> {
    const now = rest.shift() ?? { does: 'deliver' }
    if (batch.entries.some(({ seq }) => isSick(seq))) throw new Error('connection reset')
    switch (now.does) {
      case 'throw':
        throw new Error('connection reset')
      case 'bug':
        throw new TypeError('undefined is not a function')
      case 'hang':
        return new Promise(() => undefined)
      case 'slow':
        await clock.sleep(now.ms)
        return take(batch)
      case 'partial':
        return takePart(batch, now.every)
      case 'refuse':
        return batch.entries.length > 1
          ? { status: 'refused', cause: new Error('too much at once') }
          : take(batch)
      case 'retry':
        return {
          status: 'retry',
          cause: new Error('429'),
          ...(now.afterMs === undefined ? {} : { afterMs: now.afterMs }),
        }
      case 'stay-closed':
      case 'deliver':
        return take(batch)
    }
  }

  return {
    name,
    calls,
    received,
    heal() {
      rest = []
    },
    async open() {
      if (rest[0]?.does !== 'stay-closed') return
      rest.shift()
      throw new Error('connection refused')
    },
    async deliver(batch, signal) {
      const beside = [...open].filter((other) => !other.aborted).length
      calls.push({ at: clock.monotonic(), seqs: batch.entries.map(({ seq }) => seq), beside })
      open.add(signal)
      try {
        return await behave(batch)
      } finally {
        open.delete(signal)
      }
    },
  }
}
