import { gapOf, markerOf, recordOf } from '../model/entry-factory.ts'
import type { EngineRef, Entry, GapCause, Record } from '../model/entry.ts'
import type { DockerEvent } from '../model/docker-event.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { Continuation, Position } from './coverage.ts'
import type { BadLine } from './decode.ts'
import type { OverflowWatch } from './overflow.ts'
import type { RecentIds } from './recent-ids.ts'
import type { Tally } from './tally.ts'

/** What is counted while a connection is followed. */
export type Counted = 'events' | 'repeated' | 'undecodable' | 'gaps'

/** Turns what one connection brings into entries: each event once, and a gap where one is due. */
export interface Intake {
  readonly event: (event: DockerEvent) => void
  readonly bad: (line: BadLine) => void
  readonly position: Position
  /** The stream has shown what it must, or a gap tells that it did not. */
  readonly isProven: boolean
  /** Whether an event came that was not known before. */
  readonly advanced: boolean
  /** Since when nothing proves that nothing was missed, until an event comes and it is told. */
  readonly suspectSince: Nanoseconds | undefined
  /** Something was missed, as is known from elsewhere: tells the gap up to here. */
  readonly confirm: (to: Nanoseconds) => void
}

export interface IntakeOptions {
  readonly engine: EngineRef
  readonly continuation: Continuation
  readonly margin: Nanoseconds
  readonly recent: RecentIds
  /** Absent where the engine drops nothing. */
  readonly overflow?: OverflowWatch
  /** Absent where the engine's count is not known. */
  readonly tally?: Pick<Tally, 'received' | 'doubt' | 'gap'>
  /** `early`: of before the position, so it may be in the trail already. */
  readonly emit: (entry: Entry, early?: boolean) => void
  /** The agent's own clock, for markers. */
  readonly now: () => Nanoseconds
  readonly count: (what: Counted) => void
  /** Markers of undecodable lines a connection may bring; further ones are only counted. */
  readonly maxMarkers: number
}

const MARKER_TEXT = 512
/** Events so near to each other may come in another order than the engine remembers them in. */
const SWAPPED: Nanoseconds = 1_000_000n

/**
 * Events pass in the order they come. Until the stream has shown what the continuation expects, an
 * event of before the position passes if it is near and not known (neighbours may change places
 * between two subscriptions), and the first one of after it without proof is preceded by a gap. So
 * a gap is always told before anything that moves the resume point past it.
 */
export function createIntake(options: IntakeOptions): Intake {
  const { engine, continuation, margin, recent, overflow, tally, emit, count } = options
  const { expect } = continuation
  let position = continuation.position
  let proven = expect.kind === 'nothing'
  let advanced = false
  let markers = 0

  function tellGap(from: Nanoseconds, to: Nanoseconds, cause: GapCause = continuation.cause): void {
    count('gaps')
    const [start, end] = from < to ? [from, to] : [to, from]
    tally?.gap({ from: start, to: end }, cause)
    emit(gapOf({ engine, from: start, to: end, cause, certainty: 'possible' }))
  }

  /** Whether the record belongs before the position. */
  function isBefore(record: Record): boolean {
    if (expect.kind === 'anchor') {
      if (record.id !== expect.anchor.id && expect.before.has(record.id)) return true
      if (record.id !== expect.anchor.id) tellGap(expect.anchor.time, record.time)
    } else if (expect.kind === 'impossible') {
      tellGap(expect.from, record.time)
    }
    proven = true
    position = { ...position, origin: 'memory' }
    return false
  }

  /** What an earlier process received is counted in its place already; it may have missed a neighbour. */
  function number({ id, time }: Record, before: boolean): void {
    if (!before || position.origin === 'memory') tally?.received(id)
    else if (position.time - time <= SWAPPED) tally?.doubt()
  }

  function take(event: DockerEvent): void {
    const record = recordOf(engine, event)
    const before = !proven && isBefore(record)
    const far = before && record.time < position.time - margin
    if (far || recent.has(record.id)) {
      count('repeated')
      return
    }
    recent.add(record.id)
    number(record, before)
    if (!before) {
      position = { id: record.id, time: record.time, origin: 'memory' }
      advanced = true
    }
    count('events')
    emit(record, before)
  }

  if (continuation.gap !== undefined) tellGap(continuation.gap.from, continuation.gap.to)
  if (position.origin === 'journal' && position.id !== undefined && position.begun !== true) {
    recent.add(position.id)
  }

  return {
    get position() {
      return position
    },
    get isProven() {
      return proven
    },
    get advanced() {
      return advanced
    },
    get suspectSince() {
      return !proven && expect.kind === 'impossible' ? expect.from : undefined
    },
    confirm(to) {
      if (proven || expect.kind !== 'impossible') return
      proven = true
      position = { time: to, origin: 'memory' }
      tellGap(expect.from, to)
    },
    event(event) {
      take(event)
      const lost = overflow?.event(event)
      if (lost !== undefined) tellGap(lost.from, lost.to, 'overflow')
    },
    bad({ reason, bytes, text }) {
      // The cut comes from the connection; the next one brings the line again.
      if (reason === 'cut-short') return
      count('undecodable')
      tally?.doubt()
      if (++markers > options.maxMarkers) return
      const data = { reason, bytes, text: text.slice(0, MARKER_TEXT) }
      emit(markerOf({ time: options.now(), engine, marker: 'line-undecodable', data }))
    },
  }
}
