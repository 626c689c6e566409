import type { ChainHash, ChainPlace } from '../journal/chain.ts'
import type { Seq } from '../model/entry.ts'
import { fits, type TrailLink } from './chain-fit.ts'
import type { BreakKind } from './verdict.ts'

/** Where a chain does not go on. */
export interface Situation {
  /** The place before `last`, where it is known. */
  readonly before: ChainPlace | undefined
  readonly last: ChainPlace
  /** How far the places that links claim are from those they had. */
  readonly shift: number
  /** The link that does not follow `last`, and what comes after it. */
  readonly queue: readonly TrailLink[]
}

/** What became of it, and how to go on. */
export interface Finding {
  readonly kind: BreakKind
  readonly seq: Seq
  readonly to?: Seq
  /** The entry it tells of, where that is there. */
  readonly link?: TrailLink
  readonly detail: string
  /** Links of the queue that are dealt with. */
  readonly drop: number
  /** What should stand in the queue, once they are dropped. */
  readonly exchanged?: { readonly index: number; readonly link: TrailLink }
  readonly next: {
    readonly place: Seq
    readonly hash: Uint8Array
    readonly shift: number
    /** The first place that follows from the one before again. */
    readonly from: Seq
    /** Entries among the dropped links. */
    readonly entries: number
  }
}

/** Deleted entries in a row whose followers were given their places, looked for up to here. */
const MOST_RENUMBERED = 64

/**
 * Says why the first link of the queue does not follow, by what would make the chain whole again: each
 * guess is held against hashes that the one who changed something did not compute anew.
 */
export function classify(chainHash: ChainHash, situation: Situation): Finding {
  return (
    renumbered(chainHash, situation) ??
    insertedBefore(chainHash, situation) ??
    exchangedOrInserted(chainHash, situation) ??
    missing(chainHash, situation) ??
    changed(chainHash, situation)
  )
}

/** It is the right one, and claims another place. */
function renumbered(chainHash: ChainHash, { last, queue }: Situation): Finding | undefined {
  const link = queue[0]!
  if (!fits(chainHash, last, link)) return undefined
  const place = last.seq + 1
  return {
    kind: 'changed',
    seq: place,
    link,
    detail: `it claims to be ${link.seq}`,
    drop: 1,
    next: { place, hash: link.hash, shift: link.seq - place, from: place + 1, entries: 1 },
  }
}

/** The one before was slipped in with a right hash: this one follows what stood before that. */
function insertedBefore(
  chainHash: ChainHash,
  { before, last, queue }: Situation,
): Finding | undefined {
  const link = queue[0]!
  if (before === undefined || !fits(chainHash, before, link)) return undefined
  const place = last.seq
  return {
    kind: 'inserted',
    seq: place,
    detail: 'without it the chain is whole',
    drop: 1,
    next: { place, hash: link.hash, shift: link.seq - place, from: place, entries: 0 },
  }
}

/** A later one belongs here. */
function exchangedOrInserted(
  chainHash: ChainHash,
  { last, shift, queue }: Situation,
): Finding | undefined {
  const link = queue[0]!
  const place = last.seq + 1
  for (let at = 1; at < queue.length; at++) {
    const other = queue[at]!
    const isWhole = fits(chainHash, last, other)
    if (!isWhole && !fits(chainHash, last, { body: other.body, hash: link.hash })) continue
    const hash = isWhole ? other.hash : link.hash
    const there = place + at
    const beforeThere = { seq: there - 1, hash: at === 1 ? hash : queue[at - 1]!.hash }
    const moved = { body: link.body, hash: isWhole ? link.hash : other.hash }
    if (fits(chainHash, beforeThere, moved)) {
      return {
        kind: 'swapped',
        seq: place,
        to: there,
        link,
        detail: `it and ${there} stand in each other's place`,
        drop: 1,
        exchanged: { index: at - 1, link: { seq: there + shift, ...moved } },
        next: { place, hash, shift, from: place + 1, entries: 1 },
      }
    }
    if (!isWhole) return undefined
    return {
      kind: 'inserted',
      seq: place,
      to: place + at - 1,
      link,
      detail: 'without it the chain is whole',
      drop: at,
      next: {
        place: last.seq,
        hash: last.hash,
        shift: other.seq - place,
        from: place,
        entries: 0,
      },
    }
  }
  return undefined
}

/** Places were left out, or given to those behind them. */
function missing(chainHash: ChainHash, { last, shift, queue }: Situation): Finding | undefined {
  const [link, following] = queue as [TrailLink, TrailLink?]
  const place = last.seq + 1
  const claimed = link.seq - shift
  const isFollowedAt = (at: Seq): boolean =>
    following !== undefined && fits(chainHash, { seq: at, hash: link.hash }, following)
  if (isFollowedAt(place)) return undefined
  if (claimed > place) return gone(place, claimed, link)
  if (claimed < place) {
    return {
      kind: 'inserted',
      seq: claimed,
      link,
      detail: 'its place is taken by another',
      drop: 1,
      next: { place: last.seq, hash: last.hash, shift, from: place, entries: 0 },
    }
  }
  for (let next = place + 1; next <= place + MOST_RENUMBERED; next++) {
    if (isFollowedAt(next)) return gone(place, next, link)
  }
  return undefined
}

/** What stands behind a hole can't be held against the hash before it; those after it can. */
function gone(place: Seq, next: Seq, link: TrailLink): Finding {
  return {
    kind: 'missing',
    seq: place,
    to: next - 1,
    detail: next - place === 1 ? 'it is not there' : `${next - place} entries are not there`,
    drop: 1,
    next: { place: next, hash: link.hash, shift: link.seq - next, from: next + 1, entries: 1 },
  }
}

function changed(chainHash: ChainHash, { last, shift, queue }: Situation): Finding {
  const [link, following] = queue as [TrailLink, TrailLink?]
  const place = last.seq + 1
  const right = chainHash(last.hash, place, link.body)
  const onlyTheHash =
    following !== undefined &&
    !fits(chainHash, { seq: place, hash: link.hash }, following) &&
    fits(chainHash, { seq: place, hash: right }, following)
  return {
    kind: 'changed',
    seq: place,
    link,
    detail: onlyTheHash ? 'its hash is another' : 'its hash does not match its text',
    drop: 1,
    next: {
      place,
      hash: onlyTheHash ? right : link.hash,
      shift,
      from: place + 1,
      entries: 1,
    },
  }
}
