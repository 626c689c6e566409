import type { ChainEnds, Trail } from '../journal/journal.ts'
import type { EntryId, Seq, Sequenced } from '../model/entry.ts'
import { timeOfId } from '../model/entry-id.ts'
import { parseExactly } from '../model/exact-json.ts'
import { differenceOf, proofOf, type Proof } from '../sinks/formats/ecs-proof.ts'
import type { Format } from '../sinks/formats/format.ts'
import type { ReceivedDocument } from '../sinks/received.ts'
import { createPlaceSet } from './place-set.ts'
import { createPrunedAnchors } from './pruned-anchors.ts'
import type { BreakList } from './break-list.ts'
import type { Break } from './verdict.ts'

/** A document with its place. */
interface Placed extends Proof {
  readonly seq: Seq
  readonly where: string
  readonly document: unknown
}

/** Counts of what was compared so far. */
export interface Compared {
  documents: number
  repeated: number
  agreed: number
  pruned: number
  /** Of another journal, or without a place. */
  others: number
  unreadable: number
}

/** Holds what a sink has against the trail, page by page, in whatever order it comes. */
export interface Comparison {
  readonly counts: Readonly<Compared>
  add(documents: readonly ReceivedDocument[]): Promise<void>
  has(seq: Seq): boolean
  /** The lowest and the highest place the sink has of what the journal still holds. */
  readonly range: { readonly lowest: Seq; readonly highest: Seq }
  /** Those whose hash is the journal's: up to its end the journal is proven. */
  readonly agreed: { readonly lowest: Seq; readonly highest: Seq }
  /** What only the whole tells; when all pages were added. */
  finish(): void
  /**
   * Behind this place it can't be known which of the two is as it was written: the sink was given
   * other entries there, or more. Infinity where nothing is in doubt; known once finished.
   */
  readonly doubtedAfter: Seq
}

/** Of documents that can be judged only when all are known, the first are kept. */
const MOST_SUSPECTS = 1_000

export function createComparison(options: {
  readonly trail: Pick<Trail, 'chain' | 'find'>
  readonly ends: ChainEnds
  readonly write: Format
  readonly breaks: BreakList
}): Comparison {
  const { trail, ends, write } = options
  const { tell } = options.breaks
  const { epoch } = ends
  const seen = createPlaceSet(ends.base.seq + 1, ends.head.seq)
  const counts: Compared = {
    documents: 0,
    repeated: 0,
    agreed: 0,
    pruned: 0,
    others: 0,
    unreadable: 0,
  }
  const range = { lowest: Infinity, highest: 0 }
  const agreed = { lowest: Infinity, highest: 0 }
  const anchors = createPrunedAnchors(ends, tell)
  /** Their hash is another than the journal's, or their id. */
  const suspects: (Placed & { readonly isStranger: boolean })[] = []
  /** Behind the journal's end. */
  const beyond: { first?: Placed; last: Seq } = { last: 0 }
  let isDoubted = false

  function compare(placed: Placed, entry: Sequenced): void {
    const { seq, seal } = entry
    range.lowest = Math.min(range.lowest, seq)
    range.highest = Math.max(range.highest, seq)
    if (seal === undefined) {
      seen.add(seq)
      const detail = "the journal's own copy is not as it was written"
      tell({ ...about(placed), kind: 'changed', where: 'trail', detail })
      return
    }
    const isStranger = placed.id !== entry.id
    const isFirst = !isStranger && seen.add(seq)
    if (isStranger || placed.hash !== seal.hash) {
      if (suspects.length < MOST_SUSPECTS) suspects.push({ ...placed, isStranger })
      return
    }
    agreed.lowest = Math.min(agreed.lowest, seq)
    agreed.highest = Math.max(agreed.highest, seq)
    const field = differenceOf(parseExactly(write(entry)), placed.document)
    if (field !== undefined) {
      tell({ ...about(placed), kind: 'changed', where: 'sink', detail: `its ${field} is another` })
      return
    }
    if (isFirst || seq > ends.head.seq) counts.agreed += 1
    else counts.repeated += 1
  }

  function withoutEntry(placed: Placed, { base, head }: ChainEnds): void {
    if (placed.seq <= base.seq) {
      counts.pruned += 1
      anchors.add(placed)
    } else if (placed.seq > head.seq) {
      if (beyond.first === undefined || placed.seq < beyond.first.seq) beyond.first = placed
      beyond.last = Math.max(beyond.last, placed.seq)
    } else {
      const detail = 'the sink has it, the journal does not'
      tell({ ...about(placed), kind: 'missing', where: 'trail', detail })
    }
  }

  function placedOf({ where, document, id }: ReceivedDocument): Placed | undefined {
    const proof = proofOf(document)
    if (document === undefined) counts.unreadable += 1
    else if (proof.epoch !== epoch || proof.seq === undefined) counts.others += 1
    else {
      const { seq } = proof
      // Kept under another id than its own, it is not what it was.
      const ids = id === undefined || id === proof.id ? {} : { id: `${id} (${proof.id})` }
      return { ...proof, ...ids, seq, where, document }
    }
    return undefined
  }

  return {
    counts,
    range,
    agreed,
    has: (seq) => seen.has(seq),
    get doubtedAfter() {
      return isDoubted ? agreed.highest : Infinity
    },
    async add(documents) {
      const placed = documents.map(placedOf).filter((each) => each !== undefined)
      counts.documents += placed.length
      const seqs = [...new Set(placed.map(({ seq }) => seq))]
      const entries = new Map((await trail.find(seqs)).map((entry) => [entry.seq, entry]))
      const now = await trail.chain() // later: what is beyond its end now, or pruned, was so before
      for (const each of placed) {
        const entry = entries.get(each.seq)
        if (entry === undefined) withoutEntry(each, now)
        else compare(each, entry)
      }
    },
    finish() {
      // A later one that agrees covers all that stood before it: the journal is as it was up to there.
      for (const suspect of suspects.filter(({ seq }) => seq <= agreed.highest)) {
        const { seq, isStranger, where } = suspect
        const kind = isStranger && !seen.add(seq) ? 'inserted' : 'changed'
        const what = isStranger
          ? `${where} claims the place with another id`
          : 'its hash is another'
        tell({ ...about(suspect), kind, where: 'sink', detail: what })
      }
      const others = suspects.filter(({ seq }) => seq > agreed.highest)
      const [first] = others.toSorted((one, other) => one.seq - other.seq)
      isDoubted = first !== undefined || beyond.first !== undefined
      if (first !== undefined) {
        for (const { seq } of others) seen.add(seq)
        const to = first.seq === range.highest ? {} : { to: range.highest }
        const detail = 'the sink was given another hash, and no later one agrees'
        tell({ ...about(first), ...to, kind: 'recomputed', where: 'trail', detail })
      }
      if (beyond.first !== undefined) tell(cutOff(beyond.first, beyond.last, ends.head.seq + 1))
    },
  }
}

function cutOff(first: Placed, to: Seq, seq: Seq): Break {
  const known = first.seq === seq ? about(first) : { seq }
  const detail = 'the sink has what stood behind the end'
  return { ...known, ...(to === seq ? {} : { to }), kind: 'cut-off', where: 'trail', detail }
}

function about({ seq, id }: Placed): Pick<Break, 'seq' | 'id' | 'time'> {
  return id === undefined || !isId(id) ? { seq } : { seq, id, time: timeOfId(id) }
}

const isId = (text: string): text is EntryId => /^[0-9a-f]{32}$/.test(text)
