import { createChainHash, type ChainPlace } from '../journal/chain.ts'
import type { Seq } from '../model/entry.ts'
import { createBreakList } from './break-list.ts'
import { classify, type Finding } from './chain-break.ts'
import { fits, isUnknown, type TrailLink } from './chain-fit.ts'
import { anchorIn, epochBegunIn, keyIn, type AnchorData } from './link-text.ts'
import type { Break, ChainVerdict, Run } from './verdict.ts'

/** Follows a chain link by link, in the order in which they lie. */
export interface ChainWalk {
  add(link: TrailLink): void
  /** Up to `base` it was pruned while it was read: goes on behind it. */
  prunedTo(base: ChainPlace): void
  /** It can't be read any further. */
  unreadable(reason: string): void
  /** Found by who reads it. */
  told(kind: Break['kind'], seq: Seq, detail: string): void
  /** Somebody confirmed what is not there any more. */
  confirmedBeyond(seq: Seq, who: string): void
  /**
   * @param head where it should end; `undefined`: the trail does not say
   * @param cause why there is no more, where that is known
   */
  end(head: ChainPlace | undefined, cause?: string): ChainVerdict
}

/**
 * How far it looks ahead to tell what became of an entry that does not follow: an exchange over more
 * than that is told as changes. Where very much does not follow, it no longer looks far.
 */
const WINDOW = { links: 1_000, units: 4 * 1024 * 1024 }
const SHORT_WINDOW = { after: 50, links: 4 }
/** Runs that are told. */
const MOST_RUNS = 20

/** Bound: one link, and `WINDOW` where one does not follow; the first breaks and runs. */
export function createChainWalk(options: {
  readonly epoch: string
  readonly start: ChainPlace
}): ChainWalk {
  const { epoch, start } = options
  const chainHash = createChainHash()
  const list = createBreakList()
  const { tell } = list
  const proven: Run[] = []
  let queue: TrailLink[] = []
  let queuedUnits = 0
  let before: ChainPlace | undefined
  let last: ChainPlace = start
  /** How far the places that links claim are from those they had. */
  let shift = 0
  /** Where the run that is being followed began. */
  let runFrom = start.seq + 1
  let lastAnchor = start.seq
  const seen = { entries: 0, anchors: 0 }

  /** The run ends before `seq`, and the next begins at `next`. */
  function cut(seq: Seq, next: Seq): void {
    if (seq > runFrom && proven.length < MOST_RUNS) proven.push({ from: runFrom, to: seq - 1 })
    runFrom = next
  }

  function accept(link: TrailLink, place: Seq): void {
    seen.entries += 1
    before = last
    last = { seq: place, hash: link.hash }
    const key = link.id === undefined ? undefined : Buffer.from(link.id).toString('hex')
    const known = keyIn(link.body)
    if (key !== undefined && key !== known.id) {
      cut(place, place + 1)
      const detail = 'the key it is found by is not its own'
      tell({ kind: 'changed', where: 'trail', seq: place, ...known, detail })
    }
    const anchor = anchorIn(link.body)
    if (anchor !== undefined) compareAnchor(anchor, place)
    const begun = place === 1 ? epochBegunIn(link.body) : undefined
    if (begun !== undefined && begun !== epoch) {
      const detail = `it began as epoch ${begun} and says it is ${epoch}`
      tell({ kind: 'recomputed', where: 'trail', seq: 1, ...known, detail })
    }
  }

  /** An anchor was written with the hash of what stood before it. */
  function compareAnchor(anchor: AnchorData, place: Seq): void {
    const stands = { epoch, seq: place - 1, hash: Buffer.from(before!.hash).toString('hex') }
    const agrees =
      anchor.epoch === stands.epoch && anchor.seq === stands.seq && anchor.hash === stands.hash
    if (agrees) seen.anchors += 1
    else if (runFrom < place) {
      const from = Math.min(place - 1, Math.max(lastAnchor + 1, runFrom))
      cut(from, place)
      tell({
        kind: 'recomputed',
        where: 'trail',
        seq: from,
        to: place - 1,
        detail: `the anchor at ${place} names another hash`,
      })
    }
    lastAnchor = place
  }

  function follows(link: TrailLink): boolean {
    return link.seq - shift === last.seq + 1 && fits(chainHash, last, link)
  }

  /** There is no hash before it to hold it against; what comes after it has one. */
  function skip(link: TrailLink): void {
    cut(last.seq + 1, last.seq + 2)
    seen.entries += 1
    before = undefined
    last = { seq: last.seq + 1, hash: link.hash }
  }

  function take(count: number): TrailLink[] {
    const taken = queue.splice(0, count)
    for (const { body } of taken) queuedUnits -= body.length
    return taken
  }

  function apply(finding: Finding): void {
    const { kind, seq, to, detail, drop, next } = finding
    take(drop)
    cut(seq, next.from)
    const about = finding.link === undefined ? {} : keyIn(finding.link.body)
    const range = to === undefined || to === seq ? {} : { to }
    tell({ kind, where: 'trail', seq, ...range, ...about, detail })
    if (finding.exchanged !== undefined) queue[finding.exchanged.index] = finding.exchanged.link
    before = undefined
    last = { seq: next.place, hash: next.hash }
    shift = next.shift
    seen.entries += next.entries
  }

  /** Follows what is queued, as far as it is clear what it is. */
  function drain(isEnd: boolean): void {
    while (queue.length > 0) {
      const [link] = queue
      if (isUnknown(last) && link!.seq - shift === last.seq + 1) {
        take(1)
        skip(link!)
        continue
      }
      if (follows(link!)) {
        take(1)
        accept(link!, link!.seq - shift)
        continue
      }
      const links = list.breakCount < SHORT_WINDOW.after ? WINDOW.links : SHORT_WINDOW.links
      if (!isEnd && queue.length < links && queuedUnits < WINDOW.units) return
      apply(classify(chainHash, { before, last, shift, queue: queue.slice(0, links) }))
    }
  }

  function compareEnd(head: ChainPlace | undefined, cause?: string): void {
    const { seq: end } = last
    if (head === undefined) {
      tellTail('cut-off', end + 1, end + 1, cause ?? 'it does not say where it ends')
    } else if (Math.min(head.seq, head.seq - shift) > end) {
      tellTail('cut-off', end + 1, head.seq, 'the end is not there')
    } else if (shift !== 0) {
      return // what was moved was told
    } else if (head.seq < end) {
      list.forgetAbove(head.seq)
      tellTail('inserted', head.seq + 1, end, 'it stands behind the noted end')
    } else if (!Buffer.from(head.hash).equals(last.hash) && runFrom <= end) {
      const from = Math.min(end, Math.max(lastAnchor + 1, runFrom))
      tellTail('recomputed', from, end, 'the noted end has another hash')
    }
  }

  function tellTail(kind: Break['kind'], seq: Seq, to: Seq, detail: string): void {
    cut(seq, Math.max(seq, last.seq + 1))
    tell({ kind, where: 'trail', seq, ...(to === seq ? {} : { to }), detail })
  }

  return {
    add(link) {
      queue.push(link)
      queuedUnits += link.body.length
      drain(false)
    },
    prunedTo(base) {
      drain(true)
      if (base.seq <= last.seq) return
      cut(last.seq + 1, base.seq + 1)
      last = base
      before = undefined
      lastAnchor = base.seq
    },
    unreadable(reason) {
      drain(true)
      cut(last.seq + 1, last.seq + 1)
      tell({ kind: 'missing', where: 'trail', seq: last.seq + 1, detail: reason })
    },
    told: (kind, seq, detail) => tell({ kind, where: 'trail', seq, detail }),
    confirmedBeyond(seq, who) {
      drain(true)
      if (seq <= last.seq) return
      tellTail('cut-off', last.seq + 1, seq, `sink ${who} confirmed up to ${seq}`)
    },
    end(head, cause) {
      drain(true)
      compareEnd(head, cause)
      cut(last.seq + 1, last.seq + 1)
      queue = []
      return {
        epoch,
        from: start.seq + 1,
        to: last.seq,
        ...seen,
        head: Buffer.from(last.hash).toString('hex'),
        breaks: list.breaks,
        breakCount: list.breakCount,
        proven,
      }
    },
  }
}
