import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import type { EngineRef, Record } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Hole } from '../model/hole.ts'
import type { Log } from '../model/log.ts'
import { millisFromNanos, nanosFromMillis, type Nanoseconds } from '../model/time.ts'
import { LONGEST_CLEANUP } from './comparison.ts'
import type { KnownContainers } from './known-containers.ts'
import { inferredRecord, snapshotRecord } from './made-records.ts'
import type { Inspector } from './port.ts'
import { infer } from './reconcile.ts'

export interface SurveyOptions {
  readonly inspector: Inspector
  readonly known: KnownContainers
  readonly engine: EngineRef
  /** The engine's clock. */
  readonly engineNow: () => Nanoseconds
  /** What the containers are compared with; where there is none they are only told. */
  readonly hole: Hole | undefined
  /** Ids of containers told so far, where they are to be told. */
  readonly told: Set<string> | undefined
  readonly emit: (record: Record) => void
  readonly log: Log
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** All containers were listed and inspected. */
export interface Survey {
  readonly containers: number
  /** Those that could not be inspected. */
  readonly failed: number
  /** What must have happened, one container after the other, by what is known when it is asked for. */
  conclusions(): Iterable<readonly Record[]>
  /** The containers that have not been told, one after the other. */
  rest(): Iterable<Record>
}

const CONCURRENCY = 4
const LIST_MS = 30_000
const INSPECT_MS = 5_000
/** What happened before the hole's end has been told by then, if it is told at all. */
const SETTLE: Nanoseconds = nanosFromMillis(2_000)
/** An event comes so much later than inspect shows what it tells of, at most. */
const GRACE_MS = 1_000

interface Found {
  readonly facts: ContainerFacts
  readonly askedAt: Nanoseconds
}

/**
 * Asks what the engine's containers are, some time after the stream was opened, and holds those that
 * are not as they are known until the stream has had its say: an event may be under way. One that is
 * gone by its turn is left out. Rejects when the list can't be had or the signal is aborted.
 */
export async function takeSurvey(options: SurveyOptions): Promise<Survey> {
  const { inspector, known, engine, engineNow, hole, told, emit, log, clock, signal } = options
  /** Other than known: bounded by what the engine lists. */
  const held = new Map<string, Found>()
  let failed = 0

  const sleepUntil = (time: Nanoseconds): Promise<void> =>
    clock.sleep(Math.max(0, millisFromNanos(time - engineNow()) + 1), signal)

  function conclusionsFor(id: string, facts: ContainerFacts | undefined, inHole: Hole) {
    if (known.isGone(id)) return []
    const before = known.before(id)
    return infer({
      before: before?.isPartial === true ? undefined : before,
      now: known.get(id),
      found: facts,
      hole: inHole,
    })
  }

  /** Nothing where it was told before, or is not to be. */
  function snapshotOf(
    id: string,
    facts: ContainerFacts | undefined,
    askedAt: Nanoseconds,
  ): readonly Record[] {
    if (told === undefined || told.has(id) || known.isGone(id)) return []
    told.add(id)
    return [snapshotRecord(engine, id, facts, askedAt)]
  }

  function tell(...container: Parameters<typeof snapshotOf>): void {
    for (const record of snapshotOf(...container)) emit(record)
  }

  async function look(id: string): Promise<void> {
    const limits = { what: `inspect of ${id}`, ms: INSPECT_MS, signal, clock }
    const askedAt = engineNow()
    try {
      const facts = await withDeadline((inTime) => inspector.inspect(id, inTime), limits)
      if (facts === undefined) return
      if (hole !== undefined && conclusionsFor(id, facts, hole).length > 0) {
        held.set(id, { facts, askedAt })
      } else tell(id, facts, askedAt)
    } catch (error) {
      signal.throwIfAborted()
      failed++
      const fields = { container: id, error: asError(error).message }
      log.warn(fields, 'a container could not be inspected')
      tell(id, undefined, askedAt)
    }
  }

  if (hole !== undefined) await sleepUntil(earlier(hole.to, engineNow()) + SETTLE)
  const limits = { what: 'listing containers', ms: LIST_MS, signal, clock }
  const listed = await withDeadline((inTime) => inspector.list(inTime), limits)
  const ids = new Set(listed)
  const waiting = hole === undefined ? listed.filter((id) => told?.has(id) === false) : [...listed]
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) await look(id)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  if (hole !== undefined) {
    await clock.sleep(GRACE_MS, signal)
    await sleepUntil(ripeAt([...held.values()], hole))
  }

  return {
    containers: ids.size,
    failed,
    *conclusions() {
      if (hole === undefined) return
      // What is gone first: it makes room for what is new.
      for (const id of known.idsBefore()) {
        if (ids.has(id)) continue
        const before = known.before(id)
        const events = conclusionsFor(id, undefined, hole)
        yield events.map((event) => inferredRecord(engine, id, event, undefined, before))
      }
      for (const [id, { facts }] of held) {
        const events = conclusionsFor(id, facts, hole)
        yield events.map((event) => inferredRecord(engine, id, event, facts, undefined))
      }
    },
    *rest() {
      for (const [id, { facts, askedAt }] of held) yield* snapshotOf(id, facts, askedAt)
    },
  }
}

/** When the event of each end that inspect tells of must have come. */
function ripeAt(found: readonly Found[], hole: Hole): Nanoseconds {
  let last: Nanoseconds = 0n
  for (const { facts } of found) {
    const { finishedAt } = facts.state
    if (finishedAt !== undefined && finishedAt <= hole.to && finishedAt > last) last = finishedAt
  }
  return last + LONGEST_CLEANUP
}

const earlier = (a: Nanoseconds, b: Nanoseconds): Nanoseconds => (a < b ? a : b)
