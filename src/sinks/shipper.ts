import type { Observable } from 'rxjs'
import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import type { JournalReader, Limit, Page, SinkTrouble } from '../journal/journal.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { Refusal } from '../model/delivery.ts'
import type { Seq, Sequenced } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import { defaultRetry, type RetrySettings } from './backoff.ts'
import { createBell } from '../actors/bell.ts'
import { createDeliverer, type Deliverer } from './deliverer.ts'
import { createDrains } from './drains.ts'
import { createPages, type Pages } from './pages.ts'
import { createPatientReader } from './patient-reader.ts'
import type { Sink, SinkSettings } from './sink.ts'
import { createSinkState, type SinkStatus } from './sink-status.ts'
import { createWindow, type Flight, type Window } from './window.ts'

export type { SinkStatus } from './sink-status.ts'

export interface ShipperParts {
  readonly sink: Sink
  readonly settings: SinkSettings
  readonly reader: JournalReader
  /** Emits whenever there may be something new to read. */
  readonly wake$: Observable<unknown>
  /**
   * Emits when the journal was changed from outside: a cursor was moved, dead letters are asked for
   * again, or somebody wants it now. A wait between two tries is cut short. Default: never.
   */
  readonly hurry$?: Observable<unknown>
  /** The sink's filter. Default: everything. */
  readonly accepts?: (entry: Sequenced) => boolean
  readonly clock: Clock
  readonly log: Log
  readonly retry?: RetrySettings
  /** How many entries wait for this sink; only for the line that says it is back. */
  readonly waiting?: () => Promise<number>
  /** Keeps how the sink fares, at each change; may fail. Default: nobody does. */
  readonly keepTrouble?: (trouble: SinkTrouble) => Promise<void>
  /** Most bytes a batch, by the entries' written form. Default 4 MiB; one entry always goes. */
  readonly batchBytes?: number
}

/** Brings the journal's entries to one sink. Owns its connection, retries and cursor. */
export interface Shipper extends Actor {
  status(): SinkStatus
  /**
   * Resolves when everything is settled that was in the journal at the call: up to `upTo` where that
   * is given, else until nothing waits. Batches no longer wait for more, and a wait between two tries
   * is cut short. Rejects when the signal is aborted or the shipper has ended.
   */
  drain(signal: AbortSignal, upTo?: Seq): Promise<void>
}

const DEFAULT_BATCH_BYTES = 4 * 1024 * 1024

/** A page, and what of it is for this sink. */
interface Load extends Page {
  readonly meant: readonly Sequenced[]
}

/**
 * An actor that pulls: a page of the journal is with the sink, or as many as `inFlight` allows, and
 * the cursor moves when every entry of the page, and of those before it, is settled. The next page is
 * made ready meanwhile. So a sink that is away costs these pages, first deliveries are in journal order
 * where one is in flight (P4), and whatever a crash interrupts is delivered again (P3).
 */
export function createShipper(parts: ShipperParts): Shipper {
  const { sink, settings, clock, log } = parts
  const { name } = settings
  const state = createSinkState(name, clock)
  const news = createBell(clock)
  const hurry = createBell(clock)
  /** Rung when somebody may have moved the cursor, or asked for dead letters again. */
  const moves = createBell(clock)
  const drains = createDrains(() => {
    news.ring()
    hurry.ring()
  })
  const limit: Limit = {
    entries: settings.batch,
    bytes: parts.batchBytes ?? DEFAULT_BATCH_BYTES,
  }

  const hasForm = (entry: Sequenced): boolean => sink.accepts?.(entry) !== false

  /** A dead letter of a time when the sink wrote another format stays one. */
  function formless({ entries, origin }: Page): readonly Refusal[] {
    if (origin === 'journal') return []
    const reason = "the sink's format has no form for it"
    return entries.filter((entry) => !hasForm(entry)).map(({ seq }) => ({ seq, reason }))
  }

  function isMeant(entry: Sequenced): boolean {
    if (entry.kind === 'gap' && entry.sink !== undefined && entry.sink !== name) return false
    if (!hasForm(entry)) return false
    return parts.accepts === undefined || parts.accepts(entry)
  }

  async function keepTrouble(): Promise<void> {
    try {
      await parts.keepTrouble?.(state.status())
    } catch (error) {
      // Nothing depends on it: it is for those who ask when this process has ended.
      log.debug({ sink: name, err: error }, `how sink ${name} fares was not kept`)
    }
  }

  function loadOf(page: Page): Load {
    const meant = page.entries.filter(page.origin === 'journal' ? isMeant : hasForm)
    return { ...page, meant }
  }

  function launcher(reader: JournalReader, deliverer: Deliverer): (load: Load) => Flight {
    return ({ meant, ...page }) => {
      state.reading(page)
      const first = deliverer.begin(meant)
      return {
        abandon: async () => void (await first?.answer.catch(noMatter)),
        async settle() {
          const refused = await deliverer.finish(meant, first, async () => {
            const beyond = await reader.read(limit, page.entries.at(-1)!.seq)
            return beyond?.entries.filter(isMeant) ?? []
          })
          const without = formless(page)
          if (!(await reader.commit(page, [...refused, ...without]))) return false
          state.settled(page, meant.length + without.length, refused.length + without.length)
          drains.settledUpTo(state.status().confirmed)
          return true
        },
      }
    }
  }

  /** What probably comes next, made ready while others are under way. */
  async function readAhead(pages: Pages, after: Seq | undefined): Promise<Load | undefined> {
    const page = after === undefined ? undefined : await pages.full(after)
    if (page === undefined) return undefined
    const load = loadOf(page)
    if (load.meant.length > 0) sink.prepare?.({ entries: load.meant })
    return load
  }

  async function readOn(
    pages: Pages,
    signal: AbortSignal,
    after: Seq | undefined,
  ): Promise<Load | undefined> {
    const page = await pages.next(signal, after)
    return page === undefined ? undefined : loadOf(page)
  }

  /** Until it is called off, or fails. */
  async function ship(
    reader: JournalReader,
    window: Window<Load>,
    signal: AbortSignal,
  ): Promise<never> {
    const { every } = settings
    const isHurried = (): boolean => drains.active
    const pages = createPages({ reader, limit, every, news, hurry, isHurried, clock })
    for (;;) {
      const likely = window.likely
      const ahead = await readAhead(pages, likely)
      await window.room(signal)
      const isMoved = moves.rung
      if (isMoved) await window.empty(signal) // what is to come next is at the cursor
      moves.silence()
      news.silence()
      const asked = drains.waiting()
      const { newest } = window
      // Where nothing is under way any more, what was read ahead is at the cursor.
      const isNext = ahead !== undefined && !isMoved && (newest ?? likely) === likely
      const after = isNext ? likely : newest
      const load = isNext ? ahead : await readOn(pages, signal, after)
      if (load !== undefined) {
        await window.room(signal) // the sink may have failed meanwhile
        if (!window.add(load, after)) await window.empty(signal)
        continue
      }
      // Behind what is under way there is nothing; whether the cursor was moved is not known from that.
      if (after === undefined) {
        drains.answer(asked)
        state.idle()
      }
      await news.wait(signal)
    }
  }

  return {
    name: `shipper:${name}`,
    status: () => state.status(),
    drain: (signal, upTo) => drains.wait(signal, upTo),
    async run({ signal }) {
      drains.begin()
      const failure = new AbortController()
      const own = AbortSignal.any([signal, failure.signal])
      const reader = createPatientReader(parts.reader, {
        sink: name,
        signal: own,
        state,
        clock,
        log,
      })
      const moved = createBell(clock)
      const deliverer = createDeliverer({
        sink,
        timeoutMs: settings.timeout,
        retry: parts.retry ?? defaultRetry,
        state,
        hurry,
        signal: own,
        clock,
        log,
        waiting: parts.waiting,
        onSuccess: () => moved.ring(),
        onTurn: () => void keepTrouble(),
      })
      const window = createWindow({
        most: settings.inFlight ?? 1,
        launch: launcher(reader, deliverer),
        isClosed: () => deliverer.failing,
        moved,
        onEmpty: () => news.ring(),
        onFailure: (error) => failure.abort(error),
      })
      const waking = parts.wake$.subscribe(() => news.ring())
      waking.add(
        parts.hurry$?.subscribe(() => {
          hurry.ring()
          moves.ring()
        }),
      )
      try {
        await ship(reader, window, own)
      } catch (error) {
        if (!signal.aborted) state.failed(asError(error))
        throw error
      } finally {
        waking.unsubscribe()
        failure.abort(new Error('the shipper ended'))
        await window.ended()
        await deliverer.close()
        if (signal.aborted) {
          if (state.status().failingSince !== undefined) await keepTrouble()
          state.stopped()
          drains.end(new AuditorError('undelivered', `sink ${name} was stopped`))
        }
      }
    },
  }
}

const noMatter = (): void => undefined
