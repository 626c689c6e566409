import assert from 'node:assert/strict'
import type { Delivery, Refusal } from '../../../src/model/delivery.ts'
import type { Seq } from '../../../src/model/entry.ts'
import type { AnsweredSink } from '../answered-sink.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { ShipperRun } from '../shipper-run.ts'
import type { TinyCursor, TinyJournal } from '../tiny-journal.ts'

/** Most entries a batch. */
export const BATCH = 25
/** Most entries for a sink that is away. */
export const PROBE = 10

/** What the sink has said, as somebody who listened would tell it. */
export interface Model {
  /** Moments are counted in answers. */
  now: number
  readonly taken: Map<Seq, number>
  readonly refused: Map<Seq, number>
  /** When a place was last asked for again, by a rewind. */
  readonly askedAgain: Map<Seq, number>
  /** Whole batches have failed and nothing was taken since. */
  away: boolean
  rewinds: number
}

export interface Real {
  readonly clock: ManualClock
  readonly journal: TinyJournal
  readonly cursor: TinyCursor
  readonly sink: AnsweredSink
  readonly run: ShipperRun
  readonly inFlight: number
}

export function createModel(): Model {
  return {
    now: 0,
    taken: new Map(),
    refused: new Map(),
    askedAgain: new Map(),
    away: false,
    rewinds: 0,
  }
}

/** What must hold at every moment. */
export function check(model: Model, { cursor, journal, sink, inFlight }: Real): void {
  assert.ok(sink.waiting.length <= inFlight, `${sink.waiting.length} batches in flight`)
  for (let seq = 1; seq <= cursor.confirmed; seq++) {
    const taken = (model.taken.get(seq) ?? -1) >= (model.askedAgain.get(seq) ?? 0)
    assert.ok(taken || cursor.deadLetters.has(seq), `${seq} was passed over`)
  }
  for (const seq of cursor.deadLetters.keys()) {
    assert.ok(model.refused.has(seq), `${seq} is a dead letter and was never refused`)
  }
  const ahead = cursor.furthest - cursor.confirmed
  const window = inFlight * BATCH
  // One page beyond may be looked at, to find out whether a sink takes anything at all.
  if (model.rewinds === 0) assert.ok(ahead <= window + BATCH, `${ahead} read and not settled`)
  assert.ok(cursor.confirmed <= journal.entries.length)
}

/** With one in flight each place is offered for the first time after those before it. */
export function checkOrder({ offered }: AnsweredSink): void {
  let newest = 0
  for (const seq of offered.flat()) {
    assert.ok(seq <= newest + 1, `${seq} was offered when ${newest} was the newest`)
    newest = Math.max(newest, seq)
  }
}

/** How a batch is answered. */
export type Answer =
  | { readonly how: 'deliver' | 'retry' | 'throw' | 'refuse' }
  /** Of each entry: taken, refused, again. */
  | { readonly how: 'part'; readonly items: readonly (0 | 1 | 2)[] }

/** An answer, taken into the model. */
export function told(model: Model, seqs: readonly Seq[], answer: Answer): Delivery | Error {
  model.now++
  switch (answer.how) {
    case 'deliver':
      return toldItems(model, seqs, () => 0) ?? { status: 'delivered' }
    case 'retry':
      model.away = true
      return { status: 'retry', cause: new Error('503') }
    case 'throw':
      model.away = true
      return new Error('connection reset')
    case 'refuse':
      model.away = false
      if (seqs.length === 1) model.refused.set(seqs[0]!, model.now)
      return { status: 'refused', cause: new Error('no') }
    case 'part': {
      const item = (at: number): number => answer.items[at % answer.items.length] ?? 0
      return toldItems(model, seqs, item) ?? { status: 'delivered' }
    }
  }
}

function toldItems(
  model: Model,
  seqs: readonly Seq[],
  item: (at: number) => number,
): Delivery | undefined {
  const retry: Seq[] = []
  const refused: Refusal[] = []
  for (const [at, seq] of seqs.entries()) {
    if (item(at) === 0) model.taken.set(seq, model.now)
    if (item(at) === 1) {
      model.refused.set(seq, model.now)
      refused.push({ seq, reason: `no ${seq}` })
    }
    if (item(at) === 2) retry.push(seq)
  }
  model.away = retry.length === seqs.length
  return retry.length + refused.length === 0 ? undefined : { status: 'partial', retry, refused }
}
