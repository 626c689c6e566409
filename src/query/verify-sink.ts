import { setImmediate } from 'node:timers/promises'
import type { Cursor, Trail } from '../journal/journal.ts'
import type { Seq, Sequenced } from '../model/entry.ts'
import type { Received } from '../sinks/received.ts'
import { createComparison, type Compared, type Comparison } from './sink-comparison.ts'
import { createBreakList } from './break-list.ts'
import type { Break, SinkVerdict } from './verdict.ts'
import type { VerifyOptions } from './verify-journal.ts'

export interface SinkQuestion {
  readonly trail: Trail
  /** How far the sink is, as the journal says. */
  readonly cursor: Cursor
  readonly received: Received
  /** The sink's filter. Default: everything. */
  readonly accepts?: (entry: Sequenced) => boolean
  /** Places that the sink refused. */
  readonly deadLetters: ReadonlySet<Seq>
}

/**
 * Compares what a sink has with the journal, both ways: each document with its entry (id, place, hash,
 * content), and each entry the sink confirmed with what is there. Beside a running agent or without
 * one. In memory are a page of either and a bit an entry.
 *
 * @throws AuditorError `sink-unreachable`; what `signal` is aborted with
 */
export async function verifySink(
  question: SinkQuestion,
  { signal = new AbortController().signal, onProgress }: VerifyOptions = {},
): Promise<SinkVerdict> {
  const { trail, cursor, received } = question
  const ends = await trail.chain()
  const list = createBreakList()
  const comparison = createComparison({ trail, ends, write: received.write, breaks: list })
  for await (const page of received.documents(ends.epoch, signal)) {
    signal.throwIfAborted()
    await comparison.add(page.documents)
    onProgress?.(page.done, page.total)
    await setImmediate() // signals and bars have their turn
  }
  comparison.finish()
  const notes = notesOn(comparison.counts)
  const { counts, agreed, range } = comparison
  const isWhole = await received.hasOldest(signal)
  const first = isWhole ? 0 : Math.max(0, range.lowest - 1)
  if (!isWhole) notes.push('the oldest were removed by the sink, and are not missed')
  const missing = await missingIn(question, comparison, first, signal)
  if (missing.elsewhere > 0) {
    notes.push(`${missing.elsewhere} are there from another journal, under the same id`)
  }
  if (missing.doubted > 0) {
    notes.push(`${missing.doubted} more are not there, where the journal itself is in doubt`)
  }
  if (missing.count > 0 && missing.count <= cursor.discarded) {
    notes.push(
      `${missing.count} are not there: as many dead letters were dropped by hand, which is not noted`,
    )
  } else {
    missing.first.forEach(list.tell)
    list.count(missing.count - missing.first.length)
  }
  return {
    sink: cursor.sink,
    documents: counts.documents,
    repeated: counts.repeated,
    agreed: counts.agreed,
    pruned: counts.pruned,
    ...(agreed.highest === 0 ? {} : { proven: { from: agreed.lowest, to: agreed.highest } }),
    breaks: list.breaks,
    breakCount: list.breakCount,
    notes,
  }
}

function notesOn({ others, unreadable }: Compared): string[] {
  return [
    ...(others === 0 ? [] : [`${others} of other journals, or without a place, were passed over`]),
    ...(unreadable === 0 ? [] : [`${unreadable} can't be read`]),
  ]
}

const PAGE = 500
/** Told one by one. */
const MOST_MISSING = 20

interface Missing {
  readonly count: number
  readonly first: readonly Break[]
  readonly elsewhere: number
  readonly doubted: number
}

/** What the sink confirmed and does not have. */
async function missingIn(
  { trail, cursor, received, accepts, deadLetters }: SinkQuestion,
  comparison: Comparison,
  after: Seq,
  signal: AbortSignal,
): Promise<Missing> {
  const { base, head } = await trail.chain()
  const from = Math.max(after, cursor.since, base.seq) + 1
  const to = Math.min(cursor.confirmed, head.seq)
  const first: Break[] = []
  let count = 0
  let elsewhere = 0
  let doubted = 0

  function isMeant(entry: Sequenced): boolean {
    if (entry.seal === undefined || deadLetters.has(entry.seq)) return false
    const isForeign = entry.kind === 'gap' && (entry.sink ?? cursor.sink) !== cursor.sink
    return !isForeign && (accepts?.(entry) ?? true)
  }

  async function look(seqs: readonly Seq[]): Promise<void> {
    signal.throwIfAborted()
    const missed = (await trail.find(seqs)).filter(isMeant)
    const ids = missed.map(({ id }) => id)
    const known = ids.length === 0 ? undefined : await received.known?.(ids, signal)
    for (const { seq, id, time } of missed) {
      if (known?.has(id) === true) elsewhere += 1
      else if (seq > comparison.doubtedAfter) doubted += 1
      else {
        count += 1
        const detail = 'the journal has it, and the sink confirmed it'
        if (first.length < MOST_MISSING)
          first.push({ kind: 'missing', where: 'sink', seq, id, time, detail })
      }
    }
    await setImmediate()
  }

  let seqs: Seq[] = []
  for (let seq = from; seq <= to; seq++) {
    if (comparison.has(seq)) continue
    seqs.push(seq)
    if (seqs.length < PAGE) continue
    await look(seqs)
    seqs = []
  }
  await look(seqs)
  return { count, first, elsewhere, doubted }
}
