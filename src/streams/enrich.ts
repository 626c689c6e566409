import { defer, finalize, map, tap, type MonoTypeOperatorFunction } from 'rxjs'
import type { Clock } from '../actors/clock.ts'
import type { Inspector } from '../docker/port.ts'
import { actionName } from '../model/docker-event.ts'
import type { Record } from '../model/entry.ts'
import { millisFromNanos } from '../model/time.ts'
import { createAsk, type Answer, type AskStatus } from './ask.ts'
import { attachFacts } from './attach-facts.ts'
import { bounded } from './bounded.ts'
import { createFactsCache, type FactsCache } from './facts-cache.ts'
import type { Flowing } from './flow.ts'
import { createUpdateTeller } from './tell-update.ts'
import { foldShed, gapOfShed, type ShedRun } from './shed.ts'

export interface EnrichOptions {
  readonly inspector: Inspector
  readonly clock: Clock
  /** Most entries held while answers are awaited; what comes beyond is told by a gap. Default 10,000. */
  readonly capacity?: number
  /**
   * With so many entries held nobody is asked any more, so that a burst moves on without facts
   * instead of being shed. Default 2,000.
   */
  readonly crowdedAt?: number
  /** Most questions at once. Default 8. */
  readonly concurrency?: number
  /**
   * An event older than this comes from the engine's history: what inspect says now is not about its
   * moment, so one question a container will do, and the live ones behind it wait less. In ms;
   * default 5,000.
   */
  readonly historyAfterMs?: number
  /** Deadline of one answer, with its second try, in ms. Default 2000. */
  readonly deadlineMs?: number
  /**
   * So long after the source's end nobody is asked any more, so that what was read becomes durable
   * in the time a stop has. In ms; default: `deadlineMs`.
   */
  readonly afterEndMs?: number
  readonly cache?: FactsCache
}

export interface EnrichStatus extends AskStatus {
  /** Records that got remembered facts. */
  readonly cached: number
  /** Records of containers that had to go on without facts. */
  readonly missing: number
  /** Entries there was no room for; each run of them is told by a gap. */
  readonly shed: number
}

export interface Enricher {
  readonly enrich: MonoTypeOperatorFunction<Flowing>
  /** Entries in hand. */
  held(): number
  status(): EnrichStatus
}

/** At these the facts change, so that they are asked for; Podman's `init` and such change none. */
const ASKED_AT = new Set(['create', 'start', 'die', 'rename', 'update'])
/** After these there is nothing to be asked any more; Podman's word is `remove`. */
const LAST = new Set(['destroy', 'remove'])

/** What the stage has in hand. */
interface InHand {
  /** Containers with an answer on its way: not more than are held. */
  readonly asking: Map<string, Asking>
  /** Entries that came and have not gone. */
  held: number
  /** The source has ended, and the time to ask is over. */
  late: boolean
}

interface Asking {
  /** How many answers. */
  count: number
  /** One was on its way when an update came: it may tell of either side of it. */
  isOverlapped: boolean
}

/** An entry with what was found out about its container; no answer where nothing was asked. */
interface Asked {
  readonly entry: Flowing
  readonly answer?: Answer
}

/**
 * Attaches to each record of a container what inspect says of it, in order and without ever slowing
 * the source.
 *
 *     source   c-s-x-d---|           create, start, an exec's end, die; inspect takes --
 *     output   --c-(sx)---d-|        the exec gets the facts of the start
 *
 * Questions begin as their events come; the remembered facts change as their events go, so that
 * every event sees what was known at its own place, however the answers overtake one another. A
 * burst goes on without questions (`crowdedAt`), so does what still waits some time after the source's
 * end, and what there is no room for even so (`capacity`) is told by one gap a run.
 */
export function createEnricher(options: EnrichOptions): Enricher {
  const { inspector, clock, capacity = 10_000, concurrency = 8, deadlineMs = 2_000 } = options
  const { crowdedAt = 2_000, historyAfterMs = 5_000, afterEndMs = deadlineMs } = options
  const cache = options.cache ?? createFactsCache()
  const updates = createUpdateTeller()
  const asks = createAsk({ inspector, deadlineMs, clock })
  const counts = { cached: 0, missing: 0, shed: 0 }
  let current: InHand | undefined

  function project(
    entry: Flowing | ShedRun,
    { asking, held, late }: InHand,
    signal: AbortSignal,
  ): Asked | Promise<Asked> {
    if (entry.kind === 'shed') {
      counts.shed += entry.count
      return { entry: gapOfShed(entry, 'overflow') }
    }
    if (entry.kind !== 'record' || !isAsked(entry, asking)) return { entry }
    const id = entry.event.actorId
    const answer = held >= crowdedAt || late ? asks.skip() : asks.ask(id, signal)
    if (!(answer instanceof Promise)) return { entry, answer }
    const open = asking.get(id)
    if (open === undefined) asking.set(id, { count: 1, isOverlapped: false })
    else {
      open.count++
      if (actionName(entry.event.action) === 'update') open.isOverlapped = true
    }
    return answer.then((answered) => ({ entry, answer: answered }))
  }

  function isAsked(record: Record, asking: ReadonlyMap<string, unknown>): boolean {
    if (!isAboutContainer(record) || record.container !== undefined) return false
    if (record.origin !== 'observed') return false // all that can be had was asked before
    const action = actionName(record.event.action)
    if (ASKED_AT.has(action) && !isHistory(record)) return true
    const id = record.event.actorId
    return !LAST.has(action) && cache.get(id) === undefined && !asking.has(id)
  }

  function isHistory({ time }: Record): boolean {
    return historyAfterMs < millisFromNanos(clock.nowNanos() - time)
  }

  function attach({ entry, answer }: Asked, inHand: InHand): Flowing {
    inHand.held--
    if (entry.kind === 'gap') updates.missed()
    if (entry.kind !== 'record' || !isAboutContainer(entry)) return entry
    const id = entry.event.actorId
    const isOverlapped = inHand.asking.get(id)?.isOverlapped === true
    if (answer !== undefined && answer.status !== 'skipped') settle(inHand.asking, id)
    const known = cache.get(id)
    const { record: attached, remember } = attachFacts(entry, answer, known)
    const record = updates.tell(attached, known, isOverlapped)
    if (LAST.has(actionName(entry.event.action))) cache.delete(id)
    else if (remember !== undefined && remember !== known) cache.set(id, remember)
    if (record.enrichment === 'cached') counts.cached++
    if (record.enrichment === 'missing') counts.missing++
    return record
  }

  return {
    enrich: (source) =>
      defer(() => {
        const inHand: InHand = { asking: new Map(), held: 0, late: false }
        current = inHand
        let disarm = (): void => undefined
        const ended = (): void => {
          if (afterEndMs < Infinity) disarm = clock.after(afterEndMs, () => (inHand.late = true))
        }
        return source.pipe(
          tap({ next: () => inHand.held++, complete: ended }),
          bounded<Flowing | ShedRun, Asked>({
            capacity,
            concurrency,
            project: (entry, signal) => project(entry, inHand, signal),
            coalesce(run, value) {
              if (run !== undefined) inHand.held--
              return foldShed(run, value)
            },
          }),
          map((asked) => attach(asked, inHand)),
          finalize(() => disarm()),
        )
      }),
    held: () => current?.held ?? 0,
    status: () => ({ ...asks.status(), ...counts }),
  }
}

function isAboutContainer({ event }: Record): boolean {
  return event.type === 'container' && event.actorId !== ''
}

function settle(asking: Map<string, Asking>, id: string): void {
  const open = asking.get(id)
  if (open !== undefined && --open.count === 0) asking.delete(id)
}
