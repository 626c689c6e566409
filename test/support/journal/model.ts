import assert from 'node:assert/strict'
import type { Cursor, Limit, Page } from '../../../src/journal/journal.ts'
import { encodeEntry } from '../../../src/model/entry-codec.ts'
import type { Entry, Gap, Marker, Seq, Sequenced } from '../../../src/model/entry.ts'
import { nanosFromMillis } from '../../../src/model/time.ts'
import type { Harness } from './harness.ts'

export type Fate = 'pending' | 'delivered' | 'dead' | 'retry' | 'dropped' | 'discarded'

/** What one sink should be told, place by place. */
export interface SinkModel {
  /** The journal's last place when it was registered. */
  readonly bornAt: Seq
  maxLagMs: number | undefined
  since: Seq
  confirmed: Seq
  generation: number
  /** Of every place that was ever offered to it; the last word counts. */
  readonly fates: Map<Seq, Fate>
  /** Counted on their own, so that conservation compares two ways of counting. */
  accepted: number
  delivered: number
  dropped: number
  discarded: number
  /** Pages it has read and not settled. */
  held: Page[]
}

/** A journal as one would explain it. */
export interface Model {
  last: Seq
  base: Seq
  /** Everything ever appended, by place. */
  readonly all: Map<Seq, Entry>
  readonly sinks: Map<string, SinkModel>
  made: number
}

export interface Real {
  readonly harness: Harness
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** What the journal wrote by itself and is not yet taken into the model: gaps and anchors. */
  readonly own: Sequenced[]
}

export const createModel = (): Model => ({
  last: 0,
  base: 0,
  all: new Map(),
  sinks: new Map(),
  made: 0,
})

export const isFor = (entry: Entry, sink: string): boolean =>
  entry.kind !== 'gap' || entry.sink === undefined || entry.sink === sink

const isQuotaGap = (entry: Entry | undefined): entry is Gap =>
  entry?.kind === 'gap' && entry.cause === 'sink-quota'

export const isAnchor = (entry: Entry | undefined): boolean =>
  entry?.kind === 'marker' && entry.marker === 'anchor'

export const isForgotten = (entry: Entry | undefined): entry is Marker =>
  entry?.kind === 'marker' && entry.marker === 'sink-forgotten'

/** Written by the journal itself, which nobody appends again. */
export const isOwn = (entry: Entry): boolean =>
  isQuotaGap(entry) || isAnchor(entry) || isForgotten(entry)

/** Bytes by place's entry; the same object is asked for again and again. */
const sizes = new WeakMap<Entry, number>()

export function sizeOf(entry: Entry): number {
  const known = sizes.get(entry) ?? Buffer.byteLength(encodeEntry(entry))
  sizes.set(entry, known)
  return known
}

export function present(model: Model): Sequenced[] {
  const entries: Sequenced[] = []
  for (let seq = model.base + 1; seq <= model.last; seq++) {
    entries.push({ ...model.all.get(seq)!, seq })
  }
  return entries
}

export function placesWith(sink: SinkModel, ...fates: readonly Fate[]): Seq[] {
  return [...sink.fates]
    .filter(([, fate]) => fates.includes(fate))
    .map(([seq]) => seq)
    .sort((a, b) => a - b)
}

/** An entry got its place. */
export function accept(model: Model, entry: Sequenced): void {
  const { seq, ...content } = entry
  assert.equal(seq, model.last + 1, 'places are given in order, each once')
  model.last = seq
  model.all.set(seq, content)
  for (const [name, sink] of model.sinks) {
    if (!isFor(entry, name)) continue
    sink.fates.set(seq, 'pending')
    sink.accepted += 1
  }
}

/** What a read should bring: the places, in the order of the journal. */
export function expectedPage(
  model: Model,
  name: string,
  limit: Limit,
  after?: Seq,
): { readonly origin: Page['origin']; readonly seqs: readonly Seq[] } | undefined {
  const sink = model.sinks.get(name)!
  const again = after === undefined ? placesWith(sink, 'retry') : []
  const origin = again.length > 0 ? 'dead-letters' : 'journal'
  const pending = placesWith(sink, 'pending').filter((seq) => seq > (after ?? 0))
  const seqs: Seq[] = []
  let bytes = 0
  for (const seq of again.length > 0 ? again : pending) {
    bytes += sizeOf(model.all.get(seq)!)
    if (seqs.length === limit.entries || (seqs.length > 0 && bytes > limit.bytes)) break
    seqs.push(seq)
  }
  return seqs.length === 0 ? undefined : { origin, seqs }
}

/** Takes what retention did into the model, and holds it to its rules. */
export async function takeInPruning(model: Model, real: Real): Promise<void> {
  await real.harness.settle()
  const { journal } = real.harness
  let bytesBefore = 0
  for (let seq = model.base + 1; seq <= model.last; seq++)
    bytesBefore += sizeOf(model.all.get(seq)!)
  const letterBytes = [...model.sinks.values()]
    .flatMap((sink) => placesWith(sink, 'dead', 'retry'))
    .reduce((sum, seq) => sum + sizeOf(model.all.get(seq)!), 0)
  for (const entry of real.own.splice(0)) {
    if (isAnchor(entry)) assert.equal(placeIn(entry), model.last, 'of the place before')
    accept(model, entry)
  }

  const stats = await journal.stats()
  assert.ok(stats.bytes <= real.maxBytes, `${stats.bytes} bytes are used`)
  assert.ok(stats.firstSeq > model.base, 'what was pruned came back')
  model.base = stats.firstSeq - 1
  const left = await letters(real)
  const now = real.harness.clock.nowNanos()
  let dropped = 0
  for (const [name, sink] of model.sinks) {
    for (const seq of placesWith(sink, 'pending', 'dead', 'retry')) {
      const isPending = sink.fates.get(seq) === 'pending'
      if (isPending ? seq > model.base : left.has(`${name} ${seq}`)) continue
      assert.ok(seq <= model.base, `dead letter ${seq} of ${name} went before its entry`)
      sink.fates.set(seq, 'dropped')
      sink.dropped += 1
      if (!isPending || !isTooLate(sink, model.all.get(seq)!, now)) dropped += 1
    }
    sink.confirmed = Math.max(sink.confirmed, model.base)
  }
  if (dropped > 0) assert.ok(bytesBefore + letterBytes > real.maxBytes / 2, 'dropped without need')
}

const placeIn = (entry: Entry): unknown => entry.kind === 'marker' && entry.data['seq']

/** Beyond what may be kept for this sink alone. */
const isTooLate = ({ maxLagMs }: SinkModel, { time }: Entry, now: bigint): boolean =>
  maxLagMs !== undefined && time < now - nanosFromMillis(maxLagMs)

/** After a while without a word: what is old and settled is gone; a gap for one sink goes with what follows it. */
export function assertNothingOverdue(model: Model, real: Real): void {
  const now = real.harness.clock.nowNanos()
  for (let place = model.base + 1; ; place++) {
    const oldest = model.all.get(place)
    if (oldest === undefined || oldest.time >= now - nanosFromMillis(real.maxAgeMs)) return
    const isAwaited = [...model.sinks.values()].some(
      (sink) =>
        sink.confirmed < place &&
        placesWith(sink, 'pending').length > 0 &&
        !isTooLate(sink, oldest, now),
    )
    if (isAwaited) return
    const only = oldest.kind === 'gap' ? oldest.sink : undefined
    const isForWaiting = only !== undefined && (model.sinks.get(only)?.confirmed ?? place) < place
    assert.ok(isForWaiting, `${place} is old and settled, and still there`)
  }
}

async function letters(real: Real): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { sink, seq } of real.harness.journal.deadLetters()) found.add(`${sink} ${seq}`)
  return found
}

/** Compares all that can be asked with the model, and counts. */
export async function assertSame(model: Model, real: Real): Promise<void> {
  const { journal } = real.harness
  const { entries, firstSeq, lastSeq, damaged } = await journal.stats()
  assert.deepEqual(
    { entries, firstSeq, lastSeq, damaged },
    { entries: model.last - model.base, firstSeq: model.base + 1, lastSeq: model.last, damaged: 0 },
  )
  const cursors = new Map((await journal.cursors()).map((cursor) => [cursor.sink, cursor]))
  assert.deepEqual([...cursors.keys()], [...model.sinks.keys()].sort())
  for (const [name, sink] of model.sinks) {
    const cursor = cursors.get(name)!
    assertCursor(name, model, sink, cursor)
    assertTold(name, model, sink)
  }
  const expected = [...model.sinks].flatMap(([name, sink]) =>
    placesWith(sink, 'dead', 'retry').map((seq) => `${name} ${seq}`),
  )
  assert.deepEqual(await letters(real), new Set(expected))
}

function assertCursor(name: string, model: Model, sink: SinkModel, cursor: Cursor): void {
  const pending = placesWith(sink, 'pending')
  const oldest = model.all.get(pending[0] ?? 0)?.time
  assert.deepEqual(cursor, {
    sink: name,
    since: sink.since,
    confirmed: sink.confirmed,
    pending: pending.length,
    delivered: sink.delivered,
    deadLetters: placesWith(sink, 'dead', 'retry').length,
    dropped: sink.dropped,
    discarded: sink.discarded,
    damaged: 0,
    ...(sink.maxLagMs === undefined ? {} : { maxLagMs: sink.maxLagMs }),
    ...(oldest === undefined ? {} : { oldestPending: oldest }),
  })
  const counted =
    cursor.delivered + cursor.pending + cursor.deadLetters + cursor.dropped + cursor.discarded
  assert.equal(counted, sink.accepted, `${name}: what was accepted is accounted for`)
}

/** Every entry a sink lost is counted by a gap the sink has, will have, or refused. */
function assertTold(name: string, model: Model, sink: SinkModel): void {
  let lost = 0
  let told = 0
  for (const [seq, fate] of sink.fates) {
    const entry = model.all.get(seq)!
    const isOwn = isQuotaGap(entry) && entry.sink === name && seq > sink.bornAt
    if (isOwn && fate !== 'dropped') told += entry.count!
    if (!isOwn && fate === 'dropped') lost += entry.kind === 'gap' ? (entry.count ?? 1) : 1
  }
  assert.equal(told, lost, `${name} is told of what was dropped`)
}
